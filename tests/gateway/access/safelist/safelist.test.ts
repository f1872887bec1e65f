import { describe, expect, it } from '@jest/globals';
import { Safelist } from '../../../../gateway/access/safelist/safelist.ts';

const TEXT = 'query Greeting($name: String! = "a  b") {\n  greet(name: $name)\n}';
const list = new Safelist('only', [
  { id: 'greeting', text: TEXT },
  { id: 'f00d', text: '{ hello }' },
]);

describe('the id of a persisted operation', () => {
  it('finds its document', () => {
    expect(list.find('greeting')).toBe(TEXT);
  });

  it('may be a hash with a prefix, as in GraphQL over HTTP', () => {
    expect(list.find('sha256:f00d')).toBe('{ hello }');
  });

  it.each(['', 'Greeting', 'sha256:', 'md5:f00d', '__proto__', 'constructor'])(
    'finds nothing if it is not listed: "%s"',
    (id) => {
      expect(list.find(id)).toBeUndefined();
    },
  );
});

describe('the document of a persisted operation', () => {
  it.each([
    ['as it is', TEXT],
    ['without white space', 'query Greeting($name:String!="a  b"){greet(name:$name)}'],
    ['with a comment and commas', `# hello\n${TEXT.replace('String!', ', String!,')}`],
  ])('is listed %s, also the second time', (_how, text) => {
    expect([list.match(text), list.match(text)]).toEqual([TEXT, TEXT]);
  });

  it.each([
    ['another operation', '{ hello hello }'],
    ['other white space within a string', TEXT.replace('a  b', 'a b')],
    ['a listed operation, and one more', `${TEXT} query Other { hello }`],
    ['no GraphQL', '"'],
    ['nothing', ''],
  ])('is not listed if it is %s', (_what, text) => {
    expect(list.match(text)).toBeUndefined();
  });

  it('is not parsed if it is much longer than any listed one', () => {
    expect(list.match(`${TEXT}${' '.repeat(TEXT.length)}`)).toBe(TEXT);
    expect(list.match(`${TEXT}${' '.repeat(TEXT.length * 4)}`)).toBeUndefined();
  });
});
