import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { BadUserInput } from '../../../errors/coded-error.ts';
import { readPageArguments, toConnection } from '../../../subgraphs/paging/connection.ts';

const LIST = 'customers {"filter":null}';
const page = {
  entries: [
    { item: { id: '1' }, position: 'after-1' },
    { item: null, position: 'after-2' },
    { item: new Error('lost'), position: 'after-3' },
  ],
  hasNextPage: true,
};

/** Cursors of these tests are short enough. */
const textOf = (cursor: string | Error | null | undefined) => {
  if (typeof cursor !== 'string') throw new Error('The item has no cursor.');
  return cursor;
};

const cursorOf = (content: unknown) =>
  Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString(
    'base64url',
  );

describe('arguments of a list', () => {
  it.each([1, 20, 100])('first may be %d', (first) => {
    expect(readPageArguments(LIST, { first })).toEqual({ first });
  });

  it.each([0, -1, 101, 1.5, NaN, Infinity])('first must not be %d', (first) => {
    expect(() => readPageArguments(LIST, { first })).toThrow(
      new BadUserInput(`first must be an integer from 1 to 100, but got ${String(first)}.`),
    );
  });

  it.each([undefined, null])('after %p starts at the beginning', (after) => {
    expect(readPageArguments(LIST, { first: 5, after })).toEqual({ first: 5 });
  });

  it('after any cursor of the same list continues at its position', () => {
    const { edges, pageInfo } = toConnection(LIST, { first: 3 }, page);
    const positions = [...edges.map(({ cursor }) => cursor), pageInfo.endCursor].map((after) =>
      readPageArguments(LIST, { first: 3, after: textOf(after) }),
    );
    expect(positions.map(({ after }) => after)).toEqual([
      'after-1',
      'after-2',
      'after-3',
      'after-3',
    ]);
  });

  it.each([
    ['no base64', '%%%'],
    ['empty', ''],
    ['no JSON', cursorOf('hello')],
    ['cut off', textOf(toConnection(LIST, { first: 3 }, page).edges[0]?.cursor).slice(0, -4)],
    ['null', cursorOf(null)],
    ['an object', cursorOf({ position: 'x' })],
    ['too short', cursorOf(['x'])],
    ['too long', cursorOf(['x', 'y', 'z'])],
    ['of other types', cursorOf([1, 2])],
    ['of a nested list', cursorOf([['x'], 'y'])],
  ])('a cursor that is %s is refused', (_what, after) => {
    expect(() => readPageArguments(LIST, { first: 1, after })).toThrow(
      new BadUserInput('after must be a cursor from this graph, but it is not one.'),
    );
  });

  it.each(['companies', 'customers {"filter":{"x":1}}', ''])(
    'a cursor of the list %j is refused',
    (other) => {
      const after = textOf(toConnection(other, { first: 3 }, page).pageInfo.endCursor);
      expect(() => readPageArguments(LIST, { first: 1, after })).toThrow(
        new BadUserInput(
          'after must be a cursor of this list with the same filter and order, but it belongs to another list.',
        ),
      );
    },
  );
});

describe('a connection', () => {
  it('has an edge for each entry, failed and missing ones too', () => {
    const connection = toConnection(LIST, { first: 3 }, page);
    expect(connection.edges.map(({ node }) => node)).toEqual([
      { id: '1' },
      null,
      new Error('lost'),
    ]);
    expect(connection.nodes).toEqual(connection.edges.map(({ node }) => node));
    expect(connection.pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: connection.edges[0]?.cursor,
      endCursor: connection.edges[2]?.cursor,
    });
    expect(connection.totalCount).toBeNull();
  });

  it('has cursors that fit into a URL and show neither the list nor its filter', () => {
    for (const { cursor } of toConnection(LIST, { first: 3 }, page).edges) {
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(Buffer.from(textOf(cursor), 'base64url').toString()).not.toContain('filter');
    }
  });

  const ofPosition = (position: string) =>
    toConnection(LIST, { first: 1 }, { entries: [{ item: null, position }], hasNextPage: true });

  it.each([1, 150, 200, 2000, 16_000])(
    'accepts its own cursor of a position of %d characters',
    (length) => {
      const position = 'pi_1'.repeat(length / 4) || 'x';
      const after = textOf(ofPosition(position).pageInfo.endCursor);
      expect(readPageArguments(LIST, { first: 1, after })).toEqual({ first: 1, after: position });
    },
  );

  it('has an error in place of a cursor that would be too long to be accepted', () => {
    const { edges, pageInfo, nodes } = ofPosition('x'.repeat(16_384));
    for (const cursor of [edges[0]?.cursor, pageInfo.startCursor, pageInfo.endCursor])
      expect(cursor).toMatchObject({ code: 'OPERATION_TOO_COMPLEX' });
    expect(nodes).toEqual([null]);
  });

  it('refuses a cursor that inflates beyond the maximum, or does not inflate', () => {
    const bomb = deflateRawSync(Buffer.alloc(4_000_000, ' '));
    for (const deflated of [bomb, Buffer.from('no deflated text')]) {
      const after = Buffer.concat([Buffer.from([0]), deflated]).toString('base64url');
      expect(() => readPageArguments(LIST, { first: 1, after })).toThrow(
        new BadUserInput('after must be a cursor from this graph, but it is not one.'),
      );
    }
  });

  it('has a previous page when it was read after a cursor', () => {
    expect(toConnection(LIST, { first: 3, after: 'after-9' }, page).pageInfo.hasPreviousPage).toBe(
      true,
    );
  });

  it('is empty without cursors, and has the total count if known', () => {
    const { edges, nodes, pageInfo, totalCount } = toConnection(
      LIST,
      { first: 3 },
      { entries: [], hasNextPage: false, totalCount: 0 },
    );
    expect({ edges, nodes, pageInfo, totalCount }).toEqual({
      edges: [],
      nodes: [],
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
      totalCount: 0,
    });
  });
});
