import { describe } from '@jest/globals';
import { itGives, itReports } from './vectors.ts';

describe('->echo', () => {
  itGives([
    ['$->echo("x")', 5, 'x'],
    ['$->echo({ a: @ })', 5, { a: 5 }],
    ['a->echo([@.x, @.y])', { a: { x: 1, y: 2 } }, [1, 2]],
    [
      'a->echo([@.name, a.name, a { name }])',
      { a: { name: 'Ben' } },
      ['Ben', 'Ben', { name: 'Ben' }],
    ],
    ['$->echo(@->mul(2))', 4, 8],
    ['$->echo(null)', 4, null],
  ]);
  itReports([
    ['$->echo', 1, undefined, ['->echo takes at least 1 argument, but got 0 @ ']],
    ['$->echo()', 1, undefined, ['->echo takes at least 1 argument, but got 0 @ ']],
  ]);
});

describe('->as', () => {
  itGives([
    ['$->as($x)->echo($x)', 5, 5],
    ['person->as($n, @.name)->echo($n)', { person: { name: 'Ben' } }, 'Ben'],
    ['person->as($n, @.name).age', { person: { name: 'Ben', age: 50 } }, 50],
    [
      'author->as($a).articles { name: $a.name }',
      { author: { name: 'Ben', articles: [{}, {}] } },
      [{ name: 'Ben' }, { name: 'Ben' }],
    ],
    ['$->as($a)->as($b, @->add(1))->echo([$a, $b])', 1, [1, 2]],
    [
      '$->as($a)->map(@->as($i)->echo([$i, $a->size]))',
      [7, 8],
      [
        [7, 2],
        [8, 2],
      ],
    ],
    ['$->as($a)->echo(@->as($a, 2)->echo($a)->add($a))', 1, 4],
    ['x: a->as($v)->echo($v) y: b->as($v)->echo($v)', { a: 1, b: 2 }, { x: 1, y: 2 }],
  ]);
  itReports([
    ['x: a->as($v) y: $v', { a: 1 }, { x: 1 }, ['There is no variable $v here @ ']],
    [
      '$->as("x")',
      1,
      1,
      ['The first argument of ->as is a variable without a path: ->as($name) @ '],
    ],
    [
      '$->as($x.y)',
      1,
      1,
      ['The first argument of ->as is a variable without a path: ->as($name) @ '],
    ],
    ['$->as(@)', 1, 1, ['The first argument of ->as is a variable without a path: ->as($name) @ ']],
    ['$->as', 1, 1, ['->as takes 1 to 2 arguments, but got 0 @ ']],
    ['x: a->as().b', { a: { b: 2 } }, { x: 2 }, ['->as takes 1 to 2 arguments, but got 0 @ a']],
    ['$->as($x, 1, 2)', 5, 5, ['->as takes 1 to 2 arguments, but got 3 @ ']],
    [
      '$->as($x, @.a)->echo($x)',
      {},
      undefined,
      ['Property "a" not found in object @ a', 'There is no variable $x here @ '],
    ],
  ]);
});

describe('->match', () => {
  const STATES = "status->match(['open', 'OPEN'], ['closed', 'CLOSED'], [@, 'UNKNOWN'])";
  itGives([
    [STATES, { status: 'open' }, 'OPEN'],
    [STATES, { status: 'closed' }, 'CLOSED'],
    [STATES, { status: 'other' }, 'UNKNOWN'],
    [STATES, { status: null }, 'UNKNOWN'],
    ['$->match([1, "one"], [2, "two"])', 2, 'two'],
    ['$->match([1, "a"], [1, "b"])', 1, 'a'],
    ['$->match([true, "yes"], [false, "no"])', false, 'no'],
    ['$->match([null, "nothing"])', null, 'nothing'],
    ['$->match([[1, 2], "pair"])', [1, 2], 'pair'],
    ['$->match([{ a: 1 }, "object"])', { a: 1 }, 'object'],
    ['$->match([@, @->add(1)])', 1, 2],
    ['$->match(["a"], ["a", 1, 2], ["a", 3])', 'a', 3],
    ['x: size->match([null, null], [@, @->jsonStringify])', { size: null }, { x: null }],
    ['x: size->match([null, null], [@, @->jsonStringify])', { size: 27 }, { x: '27' }],
    ['$status->match([404, "Not found"], [@, "Error"])', null, 'Not found', { $status: 404 }],
    [
      '$($this.owner ?! 0)->match([null, null], [@, $ { id }])',
      { id: 1 },
      { id: 1 },
      { $this: { owner: 'x' } },
    ],
    [
      '$($this.owner ?! 0)->match([null, null], [@, $ { id }])',
      { id: 1 },
      null,
      { $this: { owner: null } },
    ],
    ['$->match([$args.a, "args"], [@, "other"])', 5, 'args', { $args: { a: 5 } }],
  ]);
  itReports([
    [
      'x: a->match(["b", 1])',
      { a: 'c' },
      {},
      ['->match found no [candidate, value] pair for this value @ a'],
    ],
    ['$->match', 1, undefined, ['->match takes at least 1 argument, but got 0 @ ']],
    [
      '$->match(["default"])',
      1,
      undefined,
      ['->match found no [candidate, value] pair for this value @ '],
    ],
    ['radius->match([null, 1])', {}, undefined, ['Property "radius" not found in object @ radius']],
  ]);
});

describe('?', () => {
  itGives([
    ['$.nobody?.absent', {}, undefined],
    ['$.a?.b', { a: { b: 1 } }, 1],
    ['$.a?.b', { a: null }, undefined],
    ['$.a.b?', { a: {} }, undefined],
    ['$.a?', { a: null }, undefined],
    ['$.a?', { a: 0 }, 0],
    ['$.a?', { a: '' }, ''],
    ['$?', null, undefined],
    ['x: size?->jsonStringify', { size: null }, {}],
    ['x: size?->jsonStringify', { size: 27 }, { x: '27' }],
    ['x: size?->jsonStringify', {}, {}],
    ['x: $(size?->jsonStringify ?? null)', { size: null }, { x: null }],
    [
      'a: $args.something?.nested?.name',
      null,
      { a: 'n' },
      { $args: { something: { nested: { name: 'n' } } } },
    ],
    ['a: $args.something?.nested?.name', {}, {}, { $args: {} }],
    ['a: $args.a? b: $args.b?', null, { a: 1 }, { $args: { a: 1, b: null } }],
    ['$.items?->first?.id', { items: [] }, undefined],
    ['$.a ?.b', { a: { b: 1 } }, 1],
    ['items.id?', { items: [{ id: 1 }, {}] }, [1, null]],
  ]);
  itReports([
    ['$.nobody.absent', {}, undefined, ['Property "nobody" not found in object @ nobody']],
    ['$.a.b?', { a: null }, undefined, ['Property "b" not found in null @ a.b']],
    ['size->jsonStringify', {}, undefined, ['Property "size" not found in object @ size']],
  ]);
});

describe('?? and ?!', () => {
  itGives([
    ['$($.a ?? "x")', { a: 1 }, 1],
    ['$($.a ?? "x")', { a: null }, 'x'],
    ['$($.a ?? "x")', {}, 'x'],
    ['$($.a ?? "x")', { a: false }, false],
    ['$($.a ?? "x")', { a: '' }, ''],
    ['$($.a ?? $.b ?? "x")', { b: 2 }, 2],
    ['$($.a ?? $.b)', { b: null }, null],
    ['$($.a ?? null)', {}, null],
    ['$($.a.b.c ?? "x")', {}, 'x'],
    ['$($.a ?! "x")', { a: 1 }, 1],
    ['$($.a ?! "x")', { a: null }, null],
    ['$($.a ?! "x")', {}, 'x'],
    ['$($.a ?! $.b ?! "x")', { b: null }, null],
    ['$($.a?.b ?! "x")', { a: null }, 'x'],
    ['$($.a ?? 0->add(10))', {}, 10],
    ['$($($.a ?! 1) ?? 2)', { a: null }, 2],
    ['$($.a->match(["b", 1]) ?? "x")', { a: 'c' }, 'x'],
    ['x: $->echo($.a ?? [1])', {}, { x: [1] }],
    ['$($.error.message ?? "failed")', { error: { message: 'no' } }, 'no'],
    ['$(a??b)', { b: 1 }, 1],
  ]);
  itReports([
    [
      '$($.a ?? $.b)',
      {},
      undefined,
      ['Property "a" not found in object @ a', 'Property "b" not found in object @ b'],
    ],
    [
      '$($.a ?! $.b)',
      {},
      undefined,
      ['Property "a" not found in object @ a', 'Property "b" not found in object @ b'],
    ],
  ]);
});

describe('variables', () => {
  itGives([
    ['id: $args.id', null, { id: 1 }, { $args: { id: 1 } }],
    ['ids: $batch.id', null, { ids: [1, 2] }, { $batch: [{ id: 1 }, { id: 2 }] }],
    ['$batch.id->first', null, 1, { $batch: [{ id: 1 }, { id: 2 }] }],
    ['ids: $batch.id->joinNotNull(",")', null, { ids: '1,2' }, { $batch: [{ id: 1 }, { id: 2 }] }],
    ['$batch->map({ id: @.id })', null, [{ id: 1 }], { $batch: [{ id: 1 }] }],
    ['$this.a.b', null, 1, { $this: { a: { b: 1 } } }],
    ['$config.key', null, 'k', { $config: { key: 'k' } }],
    ['$context.tenant', null, 't', { $context: { tenant: 't' } }],
    ['$env.KEY', null, 'k', { $env: { KEY: 'k' } }],
    [
      '$request.headers.authorization->first',
      null,
      'a',
      { $request: { headers: { authorization: ['a'] } } },
    ],
    [
      "$response.headers.'x-rate-limit'->first->parseInt",
      null,
      10,
      { $response: { headers: { 'x-rate-limit': ['10'] } } },
    ],
    ['$status', null, 200, { $status: 200 }],
    ['$args', null, null, { $args: null }],
    [
      'items { id: $args.id n: $ }',
      { items: [1, 2] },
      {
        items: [
          { id: 9, n: 1 },
          { id: 9, n: 2 },
        ],
      },
      { $args: { id: 9 } },
    ],
  ]);
  itReports([
    ['$nope', 1, undefined, ['There is no variable $nope here @ ']],
    ['$constructor', 1, undefined, ['There is no variable $constructor here @ ']],
  ]);
});
