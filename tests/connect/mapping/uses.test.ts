import { expect, it } from '@jest/globals';
import { parseMapping, usesOf } from '../../../subgraphs/connect/mapping/mapping.ts';

const used = (mapping: string) =>
  usesOf(parseMapping(mapping, 'v0.4'))
    .filter(({ variable }) => variable !== '$')
    .map(({ variable, path, optional }) => [variable, ...path].join('.') + (optional ? '?' : ''));

it.each<[mapping: string, uses: string[]]>([
  ['id: $args.id', ['$args.id']],
  ['a: $this.b.c d: $config.e', ['$this.b.c', '$config.e']],
  ['ids: $batch.id', ['$batch.id']],
  ['$batch->map({ key: @.id, tenant: @.org.id })', ['$batch.id', '$batch.org.id']],
  ['id: $batch->first.id', ['$batch.id']],
  ['$args { a b { c } }', ['$args.a', '$args.b.c']],
  ['x: $args.limit?', ['$args.limit?']],
  ['x: $args.a ?? $args.b', ['$args.a?', '$args.b']],
  [
    'x: $($this.owner ?! 0)->match([null, null], [@, $this.owner])',
    ['$this.owner?', '$this.owner'],
  ],
  ['x: $this.owner->match([null, null], [1, 1])', ['$this.owner?']],
  ['x: $request.headers."x-id"->first', ['$request.headers.x-id']],
  ['x: $this.a->as($a)->echo([$a.b, $args.c])', ['$this.a.b', '$args.c']],
  ['x: $this.a->echo([1, $args.c])', ['$args.c', '$this.a']],
  ['x: $this.a->map("b")', ['$this.a']],
  ['x: $this->as($a, @.b)->echo($a.c)', ['$this.b', '$this.b.c']],
  ['x: $', []],
  ['x: $status', ['$status']],
])('%s uses %j', (mapping, uses) => {
  expect(used(mapping)).toEqual(uses);
});
