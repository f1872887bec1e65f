import { describe, expect, it } from '@jest/globals';
import { withPage } from '../../../../subgraphs/connect/pages/page-parameters.ts';
import { readPlace } from '../../../../subgraphs/connect/pages/page-token.ts';
import { type PagedList, readPage } from '../../../../subgraphs/connect/pages/read-page.ts';
import {
  readBounded,
  readPart,
  type ReadPage,
} from '../../../../subgraphs/connect/pages/walk-pages.ts';
import { readPages } from './start-pages.ts';

/** Numbers from 0 to 1 that look random and are the same in each run: a linear congruential generator. */
function createRandom(seed: number) {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
}

const POLICIES = {
  cursor: 'style: cursor, parameter: at, next: next',
  page: 'style: page, parameter: at, firstPage: 0, total: total',
  offset: 'style: offset, parameter: at, total: total',
  'offset without a total': 'style: offset, parameter: at',
  'page without a total': 'style: page, parameter: at, firstPage: 0',
};

interface RandomList {
  readonly list: PagedList;
  readonly read: ReadPage;
  readonly count: number;
}

/** A list of a length, with pages of a size, of which the API gives no more than its own, and sometimes an empty one. */
function randomList(random: () => number): RandomList {
  const integer = (max: number) => Math.floor(random() * max);
  const [name = '', style = ''] = Object.entries(POLICIES)[integer(5)] ?? [];
  const [count, size] = [integer(60), 1 + integer(20)];
  // Where the API says no total, a page that is not full is the last one.
  const cap = name.includes('without') ? size : 1 + integer(20);
  // Without a parameter for it, the API's pages have the size that the policy says.
  const isAsked = random() < 0.7;
  const sized = isAsked ? ', sizeParameter: limit' : '';
  const emptyAt = integer(4) * cap;
  const { 'Query.a': policy } = readPages(
    `Query.a: { ${style}, size: ${String(size)}${sized}, maxPages: 1000 }`,
  );
  if (policy === undefined) throw new TypeError('The list has a policy.');
  const list: PagedList = {
    name: 'Query.a',
    service: { name: 'erp', title: 'API erp' },
    baseUrl: 'http://erp',
    policy,
    itemsIn: undefined,
  };
  const items = Array.from({ length: count }, (_, index) => index);
  const read: ReadPage = (token, asked) => {
    const { query = {} } = withPage({ method: 'GET', path: '/a' }, policy, token, asked);
    const page = Math.min(Number(query['limit'] ?? cap), cap);
    const [, at = '0', passed = ''] = /^(\d+)(x?)$/.exec(String(query['at'] ?? '0')) ?? [];
    const start = Number(at) * (policy.style === 'page' ? page : 1);
    // A cursor may lead to an empty page.
    const isEmpty = policy.style === 'cursor' && start === emptyAt && passed === '';
    const end = isEmpty ? start : start + page;
    const next = end < count ? `${String(end)}${isEmpty ? 'x' : ''}` : null;
    const body = name.includes('without') ? { next } : { total: count, next };
    const response = { status: 200, headers: {}, body };
    return Promise.resolve(readPage(list, items.slice(start, end), response, token, asked));
  };
  return { list, read, count };
}

describe('a list of any length, with pages of any size', () => {
  const seeds = Array.from({ length: 1000 }, (_, index) => index);

  it('is read to its end in pages of any size, each item once', async () => {
    for (const seed of seeds) {
      const random = createRandom(seed);
      const { list, read, count } = randomList(random);
      const found: unknown[] = [];
      let after: string | undefined;
      for (let parts = 0; parts < 500; parts += 1) {
        const first = 1 + Math.floor(random() * 30);
        const from = after === undefined ? undefined : readPlace(list.policy, after);
        const part = await readPart(list, { first }, from, read);
        const entries = part?.entries ?? [];
        expect(entries.length).toBeLessThanOrEqual(first);
        found.push(...entries.map(({ item }) => item));
        // Any of the cursors: what is behind it is read again.
        const last = Math.floor(random() * entries.length);
        const isShort = random() < 0.2 && entries.length > 0;
        if (isShort) found.length -= entries.length - last - 1;
        after = (isShort ? entries[last] : entries.at(-1))?.position ?? after;
        if (part?.hasNextPage !== true && !isShort) break;
      }
      expect([seed, found]).toEqual([seed, Array.from({ length: count }, (_, index) => index)]);
    }
  });

  it('is read completely, but not beyond its bounds', async () => {
    for (const seed of seeds) {
      const random = createRandom(seed);
      const { list, read, count } = randomList(random);
      const maxItems = 1 + Math.floor(random() * 80);
      const bounded = { ...list, policy: { ...list.policy, maxItems } };
      const { items = [], isCut } = (await readBounded(bounded, read)) ?? {};
      expect([seed, items]).toEqual([
        seed,
        Array.from({ length: Math.min(count, maxItems) }, (_, index) => index),
      ]);
      if (count > maxItems) expect([seed, isCut]).toEqual([seed, true]);
      if (count < maxItems) expect([seed, isCut]).toEqual([seed, false]);
    }
  });
});
