import { describe, expect, it } from '@jest/globals';
import {
  evaluate,
  MappingSyntaxError,
  parseMapping,
} from '../../../subgraphs/connect/mapping/mapping.ts';
import { itGives, itReports } from './vectors.ts';

const json = (text: string): unknown => JSON.parse(text);
const apply = (mapping: string, input: unknown, variables = {}) =>
  evaluate(parseMapping(mapping, 'v0.4'), input, variables);

describe('names that every JavaScript object has', () => {
  itGives([
    ['$->entries', json('{"__proto__": 1}'), [{ key: '__proto__', value: 1 }]],
    ['x: $->size', json('{"__proto__": 1, "constructor": 2}'), { x: 2 }],
    ['$->match(["constructor", 1], [@, 2])', 'toString', 2],
    ['$->eq({})', json('{"__proto__": null}'), false],
    ['$->as($constructor, 3)->echo($constructor)', 1, 3],
    ['a: constructor', json('{"constructor": {"name": "n"}}'), { a: { name: 'n' } }],
  ]);
  itReports([
    ['a: constructor', {}, {}, ['Property "constructor" not found in object @ constructor']],
    [
      'a: items.length',
      { items: ['ab'] },
      { a: [null] },
      ['Property "length" not found in string @ items.0.length'],
    ],
    ['$->get("__proto__")', {}, undefined, ['->get found nothing at __proto__ of the object @ ']],
    ['$->get("toString")', {}, undefined, ['->get found nothing at toString of the object @ ']],
    ['$constructor', 1, undefined, ['There is no variable $constructor here @ ']],
  ]);

  it('an argument or a variable does not have them', () => {
    expect(apply('a: $args.constructor b: $args.__proto__', {}, { $args: {} }).value).toEqual({});
  });
});

describe('characters outside of the basic plane', () => {
  const text = 'a😀b😀';
  itGives([
    ['$->size', text, 4],
    ['$->first', '😀a', '😀'],
    ['$->last', text, '😀'],
    ['$->get(1)', text, '😀'],
    ['$->get(2)', text, 'b'],
    ['$->get(-1)', text, '😀'],
    ['$->get(-2)', text, 'b'],
    ['$->get(-3)', text, '😀'],
    ['$->get(-4)', text, 'a'],
    ['$->slice(1, 3)', text, '😀b'],
    ['$->slice(3)', text, '😀'],
    ['$->split("")', '😀a', ['😀', 'a']],
    ['$->first', 'é', 'é'],
    ['$->last', '\ud83d', '\ud83d'],
  ]);
  itReports([['$->get(-5)', text, undefined, ['->get found nothing at -5 of the string @ ']]]);
});

describe('numbers', () => {
  itGives([
    ['$->mul(-1)', 0, 0],
    ['$->mod(2)', -4, 0],
    ['$->div(-1)->add(0)', 0, 0],
    ['$->add(1)', 9007199254740993n, 9007199254740994n],
    ['$->jsonParse->add(1)', '9007199254740993', 9007199254740994n],
    ['$->toString', 1e21, '1e+21'],
    ['$->jsonStringify', -0, '0'],
  ]);

  it.each(['$->mul(-1)', '$->sub(0)->mul(-2)'])('%s of 0 is 0, not its negative', (mapping) => {
    expect(Object.is(apply(mapping, 0).value, 0)).toBe(true);
  });

  it.each(['1e999', '[1, -1e400]', '{"a": {"b": 1E+500}}'])('%s is not JSON', (text) => {
    expect(apply('$->jsonParse', text)).toMatchObject({
      value: undefined,
      problems: [{ message: '->jsonParse found no JSON in this text' }],
    });
  });

  it('a literal that becomes infinite is refused', () => {
    expect(() => parseMapping(`$(${'1'.repeat(400)}.5)`, 'v0.3')).toThrow(MappingSyntaxError);
  });
});

describe('an input of many items', () => {
  const items = Array.from({ length: 3000 }, (_, id) => ({ id, text: 'x' }));

  it.each(['$->map($)', '$->map({ id: @.id, all: $ })', '$ { id all: $args.items }'])(
    '%s, which is expensive for each item, ends with a problem',
    (mapping) => {
      const { value, problems } = apply(mapping, items, { $args: { items } });
      expect(value).toBeUndefined();
      expect(problems.map(({ message }) => message)).toEqual([
        'The mapping does too much work on this input',
      ]);
    },
  );

  it.each([
    '$->map({ id: @.id, count: $->size })',
    '$->map({ id: @.id, first: $->first.id })',
    '$ { id owner: $args.owner }',
    '$->map(@.text->eq($args.owner))',
  ])('%s, which is cheap for each item, has a value', (mapping) => {
    const { value, problems } = apply(mapping, items, { $args: { owner: 'o' } });
    expect(value).toHaveLength(3000);
    expect(problems).toEqual([]);
  });

  it.each([
    'size',
    'trim',
    'first',
    'last',
    'get(-1)',
    'slice(0, 1)',
    'eq($args.b)',
    'gt($args.b)',
    'split("b")',
  ])('->%s of one long text, for each item, has bounded cost', (method) => {
    const long = 'a'.repeat(1_000_000);
    const started = process.cpuUsage();
    apply(`$->map($args.a->${method})`, items, { $args: { a: long, b: `${long.slice(1)}b` } });
    // Reading the text anew for each of them takes several seconds.
    expect(process.cpuUsage(started).user).toBeLessThan(2_000_000);
  });
});
