import { describe, expect, it } from '@jest/globals';
import {
  evaluate,
  MappingSyntaxError,
  parseMapping,
} from '../../../subgraphs/connect/mapping/mapping.ts';
import { itRefuses } from './vectors.ts';

describe('a mapping with a syntax error', () => {
  itRefuses([
    ['a {', 3, 'Expected }, but got the end of the mapping'],
    ['a }', 2, 'Expected a key, $variable, $, @ or $(expression), but got "}"'],
    ['a.', 2, 'Expected a key, but got the end of the mapping'],
    ['a.->first', 2, 'Expected a key, but got "->"'],
    ['a.5', 2, 'Expected a key, but got "5"'],
    ['a->', 3, 'Expected the name of a method, but got the end of the mapping'],
    ['a->"first"', 3, 'Expected the name of a method, but got "first"'],
    ['.a', 0, 'A path cannot start with a dot: write $.key'],
    ['->first', 0, 'Expected a key, $variable, $, @ or $(expression), but got "->"'],
    ['a: $("x', 5, 'This text has no closing "'],
    ['a: $(\'x"', 5, "This text has no closing '"],
    [
      'a: $(',
      5,
      'Expected a key, $variable, $, @ or $(expression), but got the end of the mapping',
    ],
    ['a: $()', 5, 'Expected a key, $variable, $, @ or $(expression), but got ")"'],
    ['a: $(1', 6, 'Expected ), but got the end of the mapping'],
    ['a: $(1 2)', 7, 'Expected ), but got "2"'],
    ['a: $([1 2])', 8, 'Expected ], but got "2"'],
    ['a: $([1, 2)', 10, 'Expected ], but got ")"'],
    ['a: $(- x)', 7, 'Expected a number, but got "x"'],
    ['a: $(b ?? c ?! d)', 12, '?? and ?! cannot be mixed in one chain'],
    ['a: $(b ?! c ?? d)', 12, '?? and ?! cannot be mixed in one chain'],
    ['a: b? ?.c', 6, 'One ? is enough'],
    ['a: b->map(@', 11, 'Expected ), but got the end of the mapping'],
    ['a: b->slice(0 1)', 14, 'Expected ), but got "1"'],
    ['a: items[0]', 8, ''],
    ['a: b + c', 5, 'Unexpected character "+"'],
    ['a: b == c', 5, 'Unexpected character "="'],
    ['a: b & c', 5, 'Unexpected character "&"'],
    ['é', 0, 'Unexpected character "é"'],
    ['a 😀', 2, 'Unexpected character "😀"'],
    ['id a.b', 3, 'A path beside other names needs a name (name: path) or a sub-selection'],
    ['id b->first', 3, 'A path beside other names needs a name'],
    ['a { id $.b }', 7, 'A path beside other names needs a name'],
    ['a: ', 3, 'Expected a key, $variable, $, @ or $(expression), but got the end of the mapping'],
    [': a', 0, 'Expected a key, $variable, $, @ or $(expression), but got ":"'],
    ['a: b: c', 4, ''],
    ['a ) b', 2, ''],
  ]);
});

describe('features of connect/v0.4', () => {
  itRefuses(
    [
      ['$ args', 0, 'A path beside other names needs a name'],
      ['a, b', 1, 'Names are separated by blanks in connect/v0.3, without commas'],
      ['a { b, c }', 5, 'Names are separated by blanks in connect/v0.3, without commas'],
      ['... a', 0, 'The spread ... needs connect/v0.4'],
      ['id ... k->match(["a", {}])', 3, 'The spread ... needs connect/v0.4'],
      ['a: 5', 3, 'connect/v0.3 needs $( ) around a literal'],
      ['a: -1', 3, 'connect/v0.3 needs $( ) around a literal'],
      ['a: [1]', 3, 'connect/v0.3 needs $( ) around a literal'],
      ['a: $.x ?? "d"', 7, 'connect/v0.3 needs $( ) around ??'],
      ['a: b ?! c', 5, 'connect/v0.3 needs $( ) around ?!'],
      ['{ a: $args.a }', 0, 'Expected'],
      ['a: $({ b })', 9, 'connect/v0.3 needs a value here: { b: b }'],
      ['a: $({ b: 1 c: 2 })', 12, 'Expected }'],
    ],
    ['v0.3'],
  );
  itRefuses(
    [
      ['a, b c', 5, 'Names are separated by commas or by blanks, not by both in one list'],
      ['a b, c', 3, 'Names are separated by commas or by blanks, not by both in one list'],
      ['a { b, c d }', 9, 'Names are separated by commas or by blanks, not by both in one list'],
      ['a: b ?? c ?! d', 10, '?? and ?! cannot be mixed in one chain'],
      ['a,, b', 2, 'Expected'],
      [', a', 0, 'Expected'],
      ['{ a', 3, 'Expected }'],
      ['a ...', 5, 'Expected'],
      ['5 6', 2, 'Expected the end of the mapping, but got "6"'],
      ['$ args', 2, 'Expected the end of the mapping, but got "args"'],
    ],
    ['v0.4'],
  );
});

describe('limits', () => {
  it.each(['v0.3', 'v0.4'] as const)('%s: a mapping has at most 100,000 characters', (version) => {
    expect(() => parseMapping('#'.repeat(100_000), version)).not.toThrow();
    expect(() => parseMapping('#'.repeat(100_001), version)).toThrow(
      'A mapping has at most 100,000 characters',
    );
  });

  it.each(['v0.3', 'v0.4'] as const)('%s: brackets are nested at most 100 deep', (version) => {
    const nested = (depth: number) => `x: $(${'['.repeat(depth - 1)}${']'.repeat(depth - 1)})`;
    expect(() => parseMapping(nested(100), version)).not.toThrow();
    expect(() => parseMapping(nested(101), version)).toThrow(
      'Brackets are nested at most 100 deep',
    );
    expect(() => parseMapping('a{'.repeat(20_000), version)).toThrow(MappingSyntaxError);
  });

  it('an error has its line and column', () => {
    expect(() => parseMapping('id\nname: b->5', 'v0.3')).toThrow(
      expect.objectContaining({ name: 'MappingSyntaxError', position: 12, line: 2, column: 10 }),
    );
  });

  it.each([
    ['copies', `$${'->echo([@, @])'.repeat(60)}`],
    ['text', `$${'->echo([@, @])->map(@)->joinNotNull("")'.repeat(60)}`],
    ['escaped text', `$${'->jsonStringify'.repeat(200)}`],
    ['nested lists', `$${'->echo([@])'.repeat(300)}`],
    ['loops in loops', '$->map($->map($->map($->map($->map($->map($->map(1)))))))'],
  ])('%s that grow without bound are a problem, not a hang', (_title, mapping) => {
    const input = Array.from({ length: 30 }, () => 'text "with" quotes');
    const { value, problems } = evaluate(
      parseMapping(mapping, 'v0.3'),
      mapping.includes('map($') ? input : 'a"b',
    );
    expect(value).toBeUndefined();
    expect(problems[0]?.message).toMatch(/too much work|nested at most 200 deep/);
  });

  it.each(['$.a', 'a', '$ { a }', '$->jsonStringify', '$->eq($)', '$->keysToCamelCaseDeep'])(
    '%s of lists that are nested 100,000 deep ends',
    (mapping) => {
      let deep: unknown = { a: 1 };
      for (let depth = 0; depth < 100_000; depth += 1) deep = [deep];
      expect(() => evaluate(parseMapping(mapping, 'v0.3'), deep)).not.toThrow();
    },
  );
});
