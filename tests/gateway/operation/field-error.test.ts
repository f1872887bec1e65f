import { describe, expect, it } from '@jest/globals';
import { type FieldNode, GraphQLError, Kind, parse } from 'graphql';
import { fieldError } from '../../../gateway/operation/field-error.ts';

const document = parse('{\n  list(of: 1)\n}');
const [operation] = document.definitions;
const nodes = (
  operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet.selections : []
) as FieldNode[];

describe('an error at a field', () => {
  it('has the location of the field, which is looked up once for all items of a list', () => {
    const [first, second] = [0, 1].map((index) =>
      fieldError(new Error(`item ${String(index)}`), nodes, ['list', index]),
    );
    expect(second?.toJSON()).toEqual({
      message: 'item 1',
      locations: [{ line: 2, column: 3 }],
      path: ['list', 1],
    });
    expect(second?.locations).toBe(first?.locations);
    expect(second?.nodes).toBe(nodes);
  });

  it('keeps what was thrown, with its extensions', () => {
    const thrown = new GraphQLError('no', { extensions: { code: 'BAD_USER_INPUT' } });
    expect(fieldError(thrown, nodes, ['list'])).toMatchObject({
      originalError: thrown,
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('keeps a location that says more', () => {
    const value = nodes[0]?.arguments?.[0]?.value ?? null;
    expect(fieldError(new GraphQLError('no', { nodes: value }), nodes, ['list']).locations).toEqual(
      [{ line: 2, column: 12 }],
    );
  });

  it('can be of what is no error', () => {
    expect(fieldError('text', nodes, ['list'])).toMatchObject({
      message: expect.stringContaining('text'),
      locations: [{ line: 2, column: 3 }],
    });
  });
});
