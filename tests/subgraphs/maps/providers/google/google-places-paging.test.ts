import { describe, expect, it } from '@jest/globals';
import { answersPlaces } from '../../google-responses.ts';
import { onlyMockedCalls } from '../../only-mocked.ts';
import { startMaps } from '../../start-maps.ts';

onlyMockedCalls();

const some = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({ id: `p${String(from + index)}` }));

interface Places {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly endCursor: string;
  };
}

const { ask } = startMaps();

async function read(first: number, after: string | null = null, text = 'tea') {
  const query = `query ($first: Int!, $after: String, $text: String!) {
    places(text: $text, first: $first, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } }
  }`;
  const { data, errors } = await ask(query, { first, after, text });
  return { places: data?.['places'] as Places, errors };
}

const ids = ({ edges }: Places) => edges.map(({ node }) => node.id);

describe('places', () => {
  it('are read in one call if they fit into one page of the vendor', async () => {
    const sent = answersPlaces({ places: some(0, 20), nextPageToken: 't1' });
    const { places } = await read(20);
    expect(ids(places)).toHaveLength(20);
    expect(places.pageInfo.hasNextPage).toBe(true);
    expect(sent.map(({ body }) => body)).toEqual([{ textQuery: 'tea', pageSize: 20 }]);
  });

  it('are read page by page, no further than requested', async () => {
    const sent = [
      answersPlaces({ places: some(0, 20), nextPageToken: 't1' }),
      answersPlaces({ places: some(20, 20), nextPageToken: 't2' }),
      answersPlaces({ places: some(40, 5), nextPageToken: 't3' }),
    ];
    const { places } = await read(45);
    expect(ids(places)).toEqual(some(0, 45).map(({ id }) => id));
    expect(places.pageInfo.hasNextPage).toBe(true);
    expect(sent.flat().map(({ body }) => [body['pageSize'], body['pageToken']])).toEqual([
      [20, undefined],
      [20, 't1'],
      [5, 't2'],
    ]);
  });

  it('end if the vendor has no next page', async () => {
    answersPlaces({ places: some(0, 20), nextPageToken: 't1' });
    answersPlaces({ places: some(20, 3) });
    const { places } = await read(100);
    expect(ids(places)).toHaveLength(23);
    expect(places.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
  });

  it('end at an empty page of the vendor', async () => {
    answersPlaces({ nextPageToken: 't1' });
    expect(ids((await read(10)).places)).toEqual([]);
  });

  it('continue after any cursor, inside a page and at its end', async () => {
    answersPlaces({ places: some(0, 3), nextPageToken: 't1' });
    const { places: beginning } = await read(3);

    const inside = answersPlaces({ places: some(0, 4), nextPageToken: 't2' });
    const afterSecond = await read(2, beginning.edges[1]?.cursor);
    expect(ids(afterSecond.places)).toEqual(['p2', 'p3']);
    expect(afterSecond.places.pageInfo.hasPreviousPage).toBe(true);
    expect(inside.map(({ body }) => [body['pageSize'], body['pageToken']])).toEqual([
      [4, undefined],
    ]);

    const atEnd = answersPlaces({ places: some(3, 2) });
    const afterLast = await read(2, beginning.pageInfo.endCursor);
    expect(ids(afterLast.places)).toEqual(['p3', 'p4']);
    expect(atEnd.map(({ body }) => [body['pageSize'], body['pageToken']])).toEqual([[2, 't1']]);
  });

  it('read a second page if the first has too few items after the cursor', async () => {
    answersPlaces({ places: some(0, 20), nextPageToken: 't1' });
    const { places } = await read(20);
    answersPlaces({ places: some(0, 20), nextPageToken: 't1' });
    answersPlaces({ places: some(20, 8), nextPageToken: 't2' });
    expect(ids((await read(10, places.edges[17]?.cursor)).places)).toEqual(
      some(18, 10).map(({ id }) => id),
    );
  });

  const REFUSED =
    'after must be a cursor of this list, but it is invalid or has expired. Read the list from its beginning.';

  it('refuse a token that the vendor no longer accepts', async () => {
    answersPlaces({ places: some(0, 1), nextPageToken: 'old' });
    const { places } = await read(1);
    answersPlaces(
      {
        error: { code: 400, message: 'Request parameters must match.', status: 'INVALID_ARGUMENT' },
      },
      400,
    );
    const { errors } = await read(1, places.pageInfo.endCursor);
    expect(errors).toEqual([{ code: 'BAD_USER_INPUT', message: REFUSED, path: 'places' }]);
  });

  it('refuse a cursor of another search', async () => {
    answersPlaces({ places: some(0, 1) });
    const { places } = await read(1);
    expect((await read(1, places.pageInfo.endCursor, 'coffee')).errors).toMatchObject([
      { code: 'BAD_USER_INPUT' },
    ]);
  });

  it.each([
    'x',
    'null',
    '[]',
    '{}',
    '{"skip":-1}',
    '{"skip":21}',
    '{"skip":1.5}',
    '{"skip":"1"}',
    '{"skip":0,"token":""}',
    '{"skip":0,"token":5}',
  ])('refuse a cursor with the position %s', async (position) => {
    answersPlaces({ places: some(0, 1) });
    const { places } = await read(1);
    const [list] = JSON.parse(Buffer.from(places.pageInfo.endCursor, 'base64url').toString()) as [
      string,
    ];
    const tampered = Buffer.from(JSON.stringify([list, position])).toString('base64url');
    expect((await read(1, tampered)).errors).toEqual([
      { code: 'BAD_USER_INPUT', message: REFUSED, path: 'places' },
    ]);
  });
});
