import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startTickets } from '../../examples/connectors/tickets/tickets-service.mjs';
import type { FusedSubgraph } from '../../gateway/engines/fused/subgraph-schema.ts';
import { fuse, readFile } from '../subgraphs/connect/start-connectors.ts';

const SDL = readFileSync('examples/connectors/tickets/tickets.graphql', 'utf8');

/** Twenty people with fourteen distinct addresses, and one without. */
const people = [
  ...Array.from({ length: 20 }, (_, index) => ({
    id: String(index + 1),
    email: `person${String(index % 14)}@example.com`,
  })),
  { id: '21', email: null },
];

const peopleSubgraph: FusedSubgraph = {
  name: 'people',
  sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])
    type Query { people: [Customer!]! }
    type Customer @key(fields: "id") { id: ID! email: String @requiresScopes(scopes: [["personal:read"]]) }`,
  resolvers: { Query: { people: () => people } },
  createContext: () => ({}),
};

const basic = (token: string) =>
  ({
    kind: 'header',
    name: 'authorization',
    value: `Basic ${Buffer.from(`agent@example.com/token:${token}`).toString('base64')}`,
  }) as const;

const requests: string[] = [];

async function start({ token = 'tickets-example-token', ...options }: StartOptions = {}) {
  const tickets = await startTickets({
    onRequest: (method, url) => requests.push(`${method} ${decodeURIComponent(url)}`),
    ...options,
  });
  const file = readFile(SDL, { zendesk: { baseUrl: tickets.url, auth: basic(token) } });
  const graph = fuse(file, [peopleSubgraph]);
  return {
    graph,
    [Symbol.asyncDispose]: async () => {
      await graph.close();
      await tickets.close();
    },
  };
}

type StartOptions = Parameters<typeof startTickets>[0] & { readonly token?: string };

const callsTo = (path: string) => requests.filter((request) => request.includes(path));

let started: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  started = await start();
});
beforeEach(() => {
  requests.length = 0;
});
afterAll(() => started[Symbol.asyncDispose]());

const TICKETS_OF_PEOPLE = `{
  people {
    email
    tickets(first: 2) {
      nodes { id subject status priority createdAt requester { name email role } assignee { name role } }
      hasNextPage
      endCursor
    }
  }
}`;

interface FoundPerson {
  readonly email: string | null;
  readonly tickets: {
    readonly nodes: readonly { readonly id: string }[];
    readonly hasNextPage: boolean;
    readonly endCursor: string;
  } | null;
}

const codesOf = (errors: readonly { readonly extensions?: Record<string, unknown> }[] = []) =>
  errors.map(({ extensions }) => extensions?.['code']);

describe('the ticket system of the example', () => {
  it('is searched once for each distinct e-mail address, and gives users in one batch', async () => {
    const { data, errors } = await started.graph.run(TICKETS_OF_PEOPLE);
    expect(errors).toBeUndefined();
    expect(callsTo('/search/export')).toHaveLength(14);
    expect(callsTo('/users/show_many')).toHaveLength(1);
    expect(requests).toHaveLength(15);
    // A cast: the query says what is in it.
    const { people: found } = data as { people: readonly FoundPerson[] };
    expect(found[1]).toEqual({
      email: 'person1@example.com',
      tickets: {
        nodes: expect.arrayContaining([
          {
            id: expect.stringMatching(/^\d+$/),
            subject: 'Password reset',
            status: 'SOLVED',
            priority: 'NORMAL',
            createdAt: '2026-02-12T08:30:00.000Z',
            requester: { name: 'person1', email: 'person1@example.com', role: 'CUSTOMER' },
            assignee: { name: 'Bo Chen', role: 'AGENT' },
          },
        ]),
        hasNextPage: true,
        endCursor: expect.any(String),
      },
    });
    expect(found[20]).toEqual({ email: null, tickets: null });
  });

  it("is asked as often by Apollo's gateway over the same subgraphs, which gets the same", async () => {
    const fused = await started.graph.run(TICKETS_OF_PEOPLE);
    const calls = requests.splice(0).sort();
    const apollo = await started.graph.apollo();
    expect(await apollo.run(TICKETS_OF_PEOPLE)).toEqual(fused);
    expect(requests.sort()).toEqual(calls);
  });

  it('gives the tickets of a customer as a service of its own, whose gateway sends the e-mail address', async () => {
    const { data, errors } = await started.graph.alone.run(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { tickets { nodes { subject } } } } }',
      { of: [{ __typename: 'Customer', id: '1', email: 'person1@example.com' }] },
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      _entities: [{ tickets: { nodes: expect.arrayContaining([{ subject: 'Password reset' }]) } }],
    });
  });

  it('gives the next page behind a cursor', async () => {
    const page = async (after?: string) => {
      const { data } = await started.graph.run(
        'query ($after: String) { people { tickets(first: 2, after: $after) { nodes { id } hasNextPage endCursor } } }',
        { ...(after !== undefined && { after }) },
      );
      // A cast: the query says what is in it.
      return (data as { people: readonly FoundPerson[] }).people[1]?.tickets;
    };
    const first = await page();
    const second = await page(first?.endCursor);
    expect([first?.hasNextPage, second?.hasNextPage]).toEqual([true, false]);
    const ids = [...(first?.nodes ?? []), ...(second?.nodes ?? [])].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    expect(
      codesOf((await started.graph.run('{ people { tickets(after: "x") { endCursor } } }')).errors),
    ).toContain('UPSTREAM_REJECTED');
  });

  it('gives a ticket with its comments page by page and their authors, and null for an unknown one', async () => {
    const { data, errors } = await started.graph.run(`{
      ticket(id: "349102") {
        subject
        comments(first: 3) { nodes { body isPublic author { name role } } hasNextPage endCursor }
      }
      none: ticket(id: "349109") { subject }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      ticket: {
        subject: 'Password reset',
        comments: {
          nodes: [
            {
              body: 'It does not work (1).',
              isPublic: true,
              author: { name: expect.stringMatching(/^person/), role: 'CUSTOMER' },
            },
            {
              body: 'Please try again.',
              isPublic: true,
              author: { name: 'Bo Chen', role: 'AGENT' },
            },
            {
              body: 'It does not work (3).',
              isPublic: false,
              author: { name: expect.stringMatching(/^person/), role: 'CUSTOMER' },
            },
          ],
          hasNextPage: true,
          endCursor: expect.any(String),
        },
      },
      none: null,
    });
    expect(callsTo('/comments')).toEqual(['GET /api/v2/tickets/349102/comments?page[size]=3']);
    expect(callsTo('/users/show_many')).toHaveLength(1);
  });

  it('finds tickets that another subgraph names in one batch', async () => {
    const of = ['349102', '349101', '349109'].map((id) => ({ __typename: 'Ticket', id }));
    const { data } = await started.graph.alone.run(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Ticket { subject } } }',
      { of },
    );
    expect(data).toEqual({
      _entities: [{ subject: 'Password reset' }, { subject: 'Invoice is wrong' }, null],
    });
    expect(requests).toEqual(['GET /api/v2/tickets/show_many?ids=349102,349101,349109']);
  });

  it('is never asked with an e-mail address that adds conditions to the search', async () => {
    const of = [{ __typename: 'Customer', id: '1', email: 'a@b.example" status:open "' }];
    await started.graph.alone.run(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { tickets { hasNextPage } } } }',
      { of },
    );
    expect(requests).toEqual([
      'GET /api/v2/search/export?query=requester:"a@b.example status:open "&filter[type]=ticket&page[size]=20',
    ]);
  });
});

const CREATE = `mutation ($key: String!, $email: String!, $body: String!) {
  createTicket(idempotencyKey: $key, email: $email, subject: "Broken", body: $body, priority: HIGH) {
    id subject status priority requester { email } comments { nodes { body } }
  }
}`;

describe('a new ticket', () => {
  const created = { key: 'k-1', email: 'person1@example.com', body: 'It is broken.' };

  it('is created once for its idempotency key', async () => {
    const first = await started.graph.run(CREATE, created);
    expect(first).toEqual({
      data: {
        createTicket: {
          id: expect.stringMatching(/^\d+$/),
          subject: 'Broken',
          status: 'NEW',
          priority: 'HIGH',
          requester: { email: 'person1@example.com' },
          comments: { nodes: [{ body: 'It is broken.' }] },
        },
      },
    });
    expect(await started.graph.run(CREATE, created)).toEqual(first);
    const { errors } = await started.graph.run(CREATE, { ...created, body: 'Another' });
    expect(errors?.map(({ message }) => message)).toEqual([
      'Request parameters do not match the parameters of the first request with this key',
    ]);
  });

  it('is refused with the words of the ticket system', async () => {
    const { data, errors } = await started.graph.run(CREATE, { ...created, key: 'k-2', body: '' });
    expect(data).toEqual({ createTicket: null });
    expect(errors?.map(({ message, extensions }) => [message, extensions?.['code']])).toEqual([
      ['Description: cannot be blank', 'UPSTREAM_REJECTED'],
    ]);
  });

  it('is found by a search some time later', async () => {
    await using other = await start({ searchLagMs: 0 });
    const subjects = async (graph: typeof other.graph) => {
      await graph.run(CREATE, { ...created, key: 'k-3' });
      const { data } = await graph.run('{ people { tickets { nodes { subject } } } }');
      return JSON.stringify(data);
    };
    expect(await subjects(started.graph)).not.toContain('Broken');
    expect(await subjects(other.graph)).toContain('Broken');
  });
});

describe('the ticket system of the example, when it refuses', () => {
  it('is an error without the credential for a token that it does not know', async () => {
    await using other = await start({ token: 'planted-secret' });
    const { data, errors } = await other.graph.run('{ ticket(id: "349102") { subject } }');
    expect(data).toEqual({ ticket: null });
    expect(codesOf(errors)).toEqual(['UPSTREAM_AUTH']);
    expect(JSON.stringify(errors)).not.toContain('planted-secret');
  });

  it('is asked again after the time that it names for a call above its limit', async () => {
    await using other = await start({ rateLimit: { requests: 1, seconds: 1 } });
    const { data, errors } = await other.graph.run(
      '{ ticket(id: "349102") { subject requester { role } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      ticket: { subject: 'Password reset', requester: { role: 'CUSTOMER' } },
    });
    expect(callsTo('/users/show_many')).toHaveLength(2);
  });
});
