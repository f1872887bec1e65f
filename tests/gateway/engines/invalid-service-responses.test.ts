import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { comparable } from '../../federation/compare.ts';
import { startMixedGraph } from '../../federation/mixed-graph.ts';

let sandbox: Sandbox;
let graph: Awaited<ReturnType<typeof startMixedGraph>>;
let answer: (typeof graph)['service']['answer'];

beforeAll(async () => {
  sandbox = await startSandbox();
  graph = await startMixedGraph(sandbox.environment);
  ({ answer } = graph.service);
}, 60_000);
afterEach(() => {
  graph.service.answer = answer;
});
afterAll(async () => {
  await graph.close();
  await sandbox.close();
});

const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe('a service that returns an entity with unselected fields', () => {
  it('changes neither built-in fields nor the keys of other fetches', async () => {
    const query =
      '{ customers(first: 2) { nodes { points id name email company { name } payments(first: 1) { nodes { id } } } } }';
    const expected = comparable(await graph.mixed.run(query));
    graph.service.answer = async (request, response) => {
      const { data } = (await answer(request, response)) as {
        data: { _entities: readonly object[] };
      };
      return {
        data: {
          _entities: data._entities.map((entity) => ({
            ...entity,
            __typename: 'Deal',
            id: '1',
            name: 'Mallory',
            email: 'mallory@example.test',
            company: { name: 'Mallory Ltd' },
            billingLink: { reference: null, emails: ['mallory@example.test'] },
          })),
        },
      };
    };
    expect(comparable(await graph.mixed.run(query))).toEqual(expected);
    expect(expected.errors).toEqual([]);
  });
});

describe('a service that returns an invalid value', () => {
  it.each([
    ['text for a number', '"many"'],
    ['a number for a number that has no such', '1e12'],
    ['a list for a number', '[1]'],
    ['an object for a number', '{"a":1}'],
    ['lists of 100,000 levels', nested(100_000)],
  ])('makes only that field null, with its name and a code: %s', async (_what, text) => {
    graph.service.answer = ({ variables }, response) => {
      const { representations } = variables as { representations: readonly unknown[] };
      const entities = representations.map(() => `{"points":${text}}`);
      response
        .setHeader('content-type', 'application/json')
        .end(`{"data":{"_entities":[${entities.join()}]}}`);
    };
    const { data, errors } = await graph.mixed.run(
      '{ customers(first: 1) { nodes { points createdAt } } }',
    );
    expect(data).toEqual({
      customers: { nodes: [{ points: null, createdAt: expect.anything() }] },
    });
    expect(errors?.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']])).toEqual([
      ['customers.nodes.0.points', 'UPSTREAM_CONTRACT'],
    ]);
  });

  it.each([
    ['an object for a list', '{"programmes":{"name":"x"}}'],
    ['text for objects', '{"programmes":["x"]}'],
    ['duplicated fields, of which the last counts', '{"programmes":[{"name":"x"}],"programmes":5}'],
  ])('makes only that field null: %s', async (_what, data) => {
    graph.service.answer = (_request, response) =>
      void response.setHeader('content-type', 'application/json').end(`{"data":${data}}`);
    const { errors } = await graph.mixed.run('{ programmes { name } }');
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'UPSTREAM_CONTRACT',
      service: 'loyalty',
    });
  });

  it('can return ids as numbers, which become text', async () => {
    graph.service.answer = () => ({ data: { programmes: [{ __typename: 'Programme', id: 7 }] } });
    const { data, errors } = await graph.mixed.run('{ programmes { id } }');
    expect([data, errors]).toEqual([{ programmes: [{ id: '7' }] }, undefined]);
  });

  it('fails with a code if it returns more than 64 MB', async () => {
    graph.service.answer = (_request, response) => {
      response
        .setHeader('content-type', 'application/json')
        .write('{"data":{"programmes":[{"name":"');
      const part = 'x'.repeat(1 << 20);
      const send = (): void => {
        while (!response.destroyed)
          if (!response.write(part)) return void response.once('drain', send);
      };
      send();
    };
    const { errors } = await graph.mixed.run('{ programmes { name } }');
    expect(errors?.map(({ extensions }) => extensions?.['service'])).toEqual(['loyalty']);
    expect(errors?.[0]?.extensions?.['code']).toMatch(/^UPSTREAM_/);
  });
});
