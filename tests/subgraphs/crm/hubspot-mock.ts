import { afterAll, afterEach, beforeAll, beforeEach, expect } from '@jest/globals';
import nock from 'nock';
import { HUBSPOT } from './start-crm.ts';

// Importing nock puts it between all connections and the network, also those of files that want only a record's form from here, and of
// whatever file comes next in the same process.
nock.restore();

/** A request that the mock has answered. */
export interface Asked {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: Body;
}

interface Body {
  readonly inputs?: readonly { readonly id: string; readonly after?: string }[];
  readonly properties?: readonly string[];
  readonly idProperty?: string;
  readonly filterGroups?: readonly unknown[];
  readonly [name: string]: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

/** Stands in for HubSpot within a test file; each test says what is answered, and nothing else can be reached. */
export function mockHubspot() {
  let asked: Asked[] = [];
  beforeAll(() => {
    nock.activate();
  });
  beforeEach(() => {
    asked = [];
    nock.disableNetConnect();
  });
  // What it patches outlives this file's modules and would stand in the way of the next file in the same process.
  afterAll(() => {
    nock.restore();
  });
  afterEach(() => {
    const pending = nock.pendingMocks();
    nock.cleanAll();
    expect(pending).toEqual([]);
  });

  /** Answers as many requests as there are replies, in order; a function may look at the request. */
  const on = (
    method: 'GET' | 'POST' | 'PATCH',
    path: string,
    ...replies: (object | ((request: Asked) => Reply))[]
  ) => {
    for (const reply of replies) {
      nock(HUBSPOT)
        .intercept((uri) => uri.split('?')[0] === path, method)
        .reply(async (request: Request) => {
          const text = await request.text();
          const query = Object.fromEntries(new URL(request.url).searchParams);
          const seen = { path, query, body: (text === '' ? {} : JSON.parse(text)) as Body };
          asked.push(seen);
          const {
            status = 200,
            headers = {},
            body,
          } = typeof reply === 'function'
            ? (reply as (asked: Asked) => Reply)(seen)
            : { body: reply };
          return [
            status,
            body as nock.Body,
            { 'content-type': 'application/json;charset=utf-8', ...headers },
          ] as const;
        });
    }
  };
  /** Breaks the connection, as if the answer were lost. */
  const lose = (method: 'POST' | 'PATCH', path: string) =>
    void nock(HUBSPOT)
      .intercept(path, method)
      .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
  return { on, lose, asked: () => asked };
}

export const wireRecord = (
  id: string | number,
  properties: Readonly<Record<string, string | null>> = {},
) => ({
  id: String(id),
  properties: { hs_object_id: String(id), ...properties },
  createdAt: '2026-01-02T03:04:05.678Z',
  updatedAt: '2026-02-03T04:05:06.789Z',
  archived: false,
});

/** Answers a batch read with a record for each id, in reverse: HubSpot promises no order. */
export const everyRecord =
  (properties: (id: string) => Readonly<Record<string, string | null>> = () => ({})) =>
  ({ body }: Asked): Reply => ({
    body: {
      status: 'COMPLETE',
      results: (body.inputs ?? []).map(({ id }) => wireRecord(id, properties(id))).reverse(),
    },
  });

export const idsOf = ({ body }: Asked) => body.inputs?.map(({ id }) => id) ?? [];
