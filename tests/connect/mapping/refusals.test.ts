import { describe } from '@jest/globals';
import { itRefuses } from './vectors.ts';

describe('a mapping that cannot be read', () => {
  itRefuses([
    ['a {', 3, 'Expected }, but got the end of the mapping'],
    ['a }', 2, 'Expected a key, $variable, $, @ or $(expression), but got "}"'],
    ['a.', 2, 'Expected a key, but got the end of the mapping'],
    ['a.->first', 2, 'Expected a key, but got "->"'],
    ['a->', 3, 'Expected the name of a method, but got the end of the mapping'],
    ['a->"first"', 3, 'Expected the name of a method, but got "first"'],
    ['.a', 0, 'A path cannot start with a dot: write $.key'],
    ['->first', 0, 'Expected a key, $variable, $, @ or $(expression), but got "->"'],
    ['a: b->frobnicate', 6, 'There is no method ->frobnicate. The methods are add, and, as,'],
    ['a: b->toLowerCase', 6, 'There is no method ->toLowerCase'],
    ['a: b->typeof', 6, '->typeof is in no release of the language'],
  ]);
});
