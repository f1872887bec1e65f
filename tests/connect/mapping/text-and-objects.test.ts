import { describe } from '@jest/globals';
import { itGives, itReports } from './vectors.ts';

describe('methods of texts', () => {
  itGives([
    ['$->split(",")', 'a,b,c', ['a', 'b', 'c']],
    ['$->split("")', 'a😀', ['a', '😀']],
    ['$->split("")', '', []],
    ['$->split(",")', '', ['']],
    ['$->split(",")', ',a,', ['', 'a', '']],
    ['$->split("::")', 'a::b', ['a', 'b']],
    ['$->split("x")', 'abc', ['abc']],
    ['$->split(",", 2)', 'a,b,c', ['a', 'b']],
    ['$->split(",", 0)', 'a,b', []],
    ['$->split(",", 9)', 'a,b', ['a', 'b']],
    ['tags->split(",")->map(@->trim)', { tags: 'a, b ,c' }, ['a', 'b', 'c']],
    ['text->split($.by)', { text: 'a|b', by: '|' }, ['a', 'b']],
    ['$->trim', '  hi \t\n', 'hi'],
    ['$->trim', '\u00a0hi\u2003', 'hi'],
    ['$->trim', '', ''],
    ['$->trimStart', '  hi  ', 'hi  '],
    ['$->trimEnd', '  hi  ', '  hi'],
    ['$->toString', 5, '5'],
    ['$->toString', 1.5, '1.5'],
    ['$->toString', true, 'true'],
    ['$->toString', 'x', 'x'],
    ['$->toString', null, ''],
    ['$->toString()', 5, '5'],
    ['$->jsonStringify', { a: [1, null, 'x"y'] }, '{"a":[1,null,"x\\"y"]}'],
    ['$->jsonStringify', 'a', '"a"'],
    ['$->jsonStringify', null, 'null'],
    ['$->jsonStringify', 27, '27'],
    ['$->jsonParse', '{"x":1}', { x: 1 }],
    ['$->jsonParse', ' [1, "a", null] ', [1, 'a', null]],
    ['$->jsonParse', '"x"', 'x'],
    ['$->jsonParse', 'null', null],
    ['$->jsonParse { x }', '[{"x":1,"y":2}]', [{ x: 1 }]],
    ['$->jsonParse->jsonStringify', '{"a":1.5e3}', '{"a":1500}'],
  ]);
  itReports([
    ['$->split', 'a', undefined, ['->split takes 1 to 2 arguments, but got 0 @ ']],
    ['$->split(",", 1, 2)', 'a', undefined, ['->split takes 1 to 2 arguments, but got 3 @ ']],
    ['$->split(1)', 'a', undefined, ['->split needs a text to split at, but got number @ ']],
    [
      '$->split(",", -1)',
      'a',
      undefined,
      ['The limit of ->split must be an integer from 0, but is number @ '],
    ],
    [
      '$->split(",", 1.5)',
      'a',
      undefined,
      ['The limit of ->split must be an integer from 0, but is number @ '],
    ],
    [
      '$->split(",", "1")',
      'a',
      undefined,
      ['The limit of ->split must be an integer from 0, but is string @ '],
    ],
    ['$->split(",")', 5, undefined, ['->split takes a text, but got number @ ']],
    ['$->split(",")', null, undefined, ['->split takes a text, but got null @ ']],
    ['$->trim', 5, undefined, ['->trim takes a text, but got number @ ']],
    ['$->trimStart', null, undefined, ['->trimStart takes a text, but got null @ ']],
    ['$->trimEnd', [], undefined, ['->trimEnd takes a text, but got list @ ']],
    ['$->trim()', 'x', undefined, ['->trim takes no arguments and no parentheses @ ']],
    [
      '$->toString',
      [1],
      undefined,
      ['->toString takes no list: use ->jsonStringify or ->joinNotNull @ '],
    ],
    [
      '$->toString',
      { a: 1 },
      undefined,
      ['->toString takes no object: use ->jsonStringify or ->joinNotNull @ '],
    ],
    ['$->toString(1)', 5, undefined, ['->toString takes 0 arguments, but got 1 @ ']],
    [
      '$->jsonStringify()',
      5,
      undefined,
      ['->jsonStringify takes no arguments and no parentheses @ '],
    ],
    ['$->jsonParse', '{', undefined, ['->jsonParse found no JSON in this text @ ']],
    ['$->jsonParse', '', undefined, ['->jsonParse found no JSON in this text @ ']],
    [
      '$->jsonParse',
      '[9007199254740993,]',
      undefined,
      ['->jsonParse found no JSON in this text @ '],
    ],
    [
      '$->jsonParse',
      '{"a":9007199254740993}}',
      undefined,
      ['->jsonParse found no JSON in this text @ '],
    ],
    ['$->jsonParse', 5, undefined, ['->jsonParse takes a text, but got number @ ']],
  ]);
});

describe('methods of objects', () => {
  itGives([
    [
      '$->entries',
      { a: 1, b: null },
      [
        { key: 'a', value: 1 },
        { key: 'b', value: null },
      ],
    ],
    ['$->entries', {}, []],
    ['$->entries.key', { a: 1, b: 2 }, ['a', 'b']],
    ['$->entries.value', { a: 1, b: 2 }, [1, 2]],
    [
      '$->keysToCamelCase',
      { login_name: 1, FullName: 2, HOME_PAGE: 3, id: 4 },
      { loginName: 1, fullName: 2, homePage: 3, id: 4 },
    ],
    [
      '$->keysToCamelCase',
      { 'kebab-case': 1, 'with space': 2, XMLDocument: 3, alreadyCamel: 4, line_2: 5 },
      { kebabCase: 1, withSpace: 2, xmlDocument: 3, alreadyCamel: 4, line2: 5 },
    ],
    ['$->keysToCamelCase', { outer_key: { inner_key: 1 } }, { outerKey: { inner_key: 1 } }],
    ['$->keysToCamelCase', {}, {}],
    [
      '$->keysToCamelCaseDeep',
      { outer_key: { inner_key: [{ deep_key: 1 }] } },
      { outerKey: { innerKey: [{ deepKey: 1 }] } },
    ],
    [
      '$->keysToCamelCase { id loginName }',
      { id: 1, login_name: 'ben' },
      { id: 1, loginName: 'ben' },
    ],
  ]);
  itReports([
    ['$->entries', [1], undefined, ['->entries takes an object, but got list @ ']],
    ['$->entries', null, undefined, ['->entries takes an object, but got null @ ']],
    ['$->entries()', {}, undefined, ['->entries takes no arguments and no parentheses @ ']],
    [
      'a->keysToCamelCase',
      { a: true },
      undefined,
      ['->keysToCamelCase takes an object, but got boolean @ a'],
    ],
    [
      '$->keysToCamelCaseDeep',
      'x',
      undefined,
      ['->keysToCamelCaseDeep takes an object, but got string @ '],
    ],
    [
      '$->keysToCamelCase',
      { foo_bar: 1, fooBar: 2 },
      { fooBar: 2 },
      ['->keysToCamelCase gives two properties the name "fooBar" @ '],
    ],
  ]);
});
