import { describe, expect, it } from '@jest/globals';
import { buildSchema, Kind, parse } from 'graphql';
import { readVariables } from '../../../gateway/operation/variable-values.ts';

const schema = buildSchema(
  'type Query { find(by: By, ids: [ID]): Int } input By { name: String by: By }',
);

function read(definitions: string, variables: Record<string, unknown>) {
  const [operation] = parse(`query (${definitions}) { find }`).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION)
    throw new TypeError('The text is an operation.');
  const { coerced, errors } = readVariables(schema, operation, variables);
  return {
    coerced,
    messages: errors?.map(({ message }) => message),
    codes: errors?.map(({ extensions }) => extensions['code']),
  };
}

const ids = (count: number) => Array.from({ length: count }, (_, id) => id);
const TOO_MANY = {
  coerced: undefined,
  messages: ['The variables must have at most 10000 values, including those in lists and objects.'],
  codes: ['OPERATION_TOO_COMPLEX'],
};

describe('variables', () => {
  it('are read as the operation declares them, and what it does not declare is not looked at', () => {
    const variables = { ids: [1], other: ids(20_000) };
    expect(read('$ids: [ID], $by: By = { name: "x" }', variables).coerced).toEqual({
      ids: ['1'],
      by: { name: 'x' },
    });
  });

  it('may have many values, and no more', () => {
    expect(read('$ids: [ID]', { ids: ids(9_999) }).coerced?.['ids']).toHaveLength(9_999);
    expect(read('$ids: [ID]', { ids: ids(10_000) })).toEqual(TOO_MANY);
    expect(read('$a: [ID], $b: [ID]', { a: ids(5_000), b: ids(5_000) })).toEqual(TOO_MANY);
  });

  it('are counted however deep they are', () => {
    expect(
      read('$by: By', {
        by: JSON.parse(`${'{"by":'.repeat(20_000)}1${'}'.repeat(20_000)}`) as object,
      }),
    ).toEqual(TOO_MANY);
  });

  it('may have much text, and no more, keys included', () => {
    expect(
      read('$ids: [ID]', { ids: ['x'.repeat(50_000), 'y'.repeat(50_000)] }).messages,
    ).toBeUndefined();
    expect(read('$ids: [ID]', { ids: ['x'.repeat(50_000), 'y'.repeat(50_001)] })).toMatchObject({
      codes: ['OPERATION_TOO_COMPLEX'],
    });
    expect(read('$by: By', { by: { ['k'.repeat(100_001)]: 1 } }).messages).toEqual([
      'The variables must have at most 100000 characters.',
    ]);
  });

  it('cause at most five errors', () => {
    const { messages } = read('$by: By', {
      by: Object.fromEntries(ids(100).map((id) => [`k${String(id)}`, 1])),
    });
    expect(messages).toHaveLength(5);
  });

  it('cause one error if the invalid value is long', () => {
    const long = Object.fromEntries(ids(100).map((id) => [`k${String(id)}${'x'.repeat(200)}`, 1]));
    expect(read('$by: By', { by: long }).messages).toHaveLength(1);
  });

  it('are not repeated at length where they are wrong, and what is wrong is said all the same', () => {
    const { messages } = read('$by: By', { by: 'x'.repeat(90_000) });
    expect(messages).toEqual([
      expect.stringMatching(
        /^Variable "\$by" got invalid value "x.* \[\.\.\.\] x.*Expected type "By" to be an object\.$/,
      ),
    ]);
    expect(messages?.[0]?.length).toBeLessThan(1100);
  });
});
