import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { buildSchema, isObjectType } from 'graphql';
import { describeBuilt } from '../built-program.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { openTutorial, PLAYGROUND, type Tutorial } from './tutorial.ts';

let tutorial: Tutorial;

beforeAll(async () => {
  tutorial = await openTutorial('docs/own-graph.md', '4010');
});
afterAll(() => tutorial.close());

/** Runs commands of which the last one starts a gateway. @returns its URL */
async function startBy(commands: string): Promise<string> {
  const [, url = ''] = await tutorial.start(commands, PLAYGROUND);
  return url;
}

describeBuilt('docs/own-graph.md, followed as it is written', () => {
  const EXPECTED = {
    customers: {
      nodes: Array.from({ length: 2 }, () => ({
        name: expect.any(String),
        loyaltyTier: expect.stringMatching(/^(GOLD|SILVER|UNKNOWN)$/),
        points: expect.any(Number),
        company: { name: expect.any(String) },
        payments: { nodes: [{ status: expect.any(String) }] },
        address: {
          place: { location: { latitude: expect.any(Number), longitude: expect.any(Number) } },
        },
      })),
    },
    programmes: [{ name: 'Early birds' }, { name: 'Frequent flyers' }],
  };

  it('starts the example, which answers each operation of the page', async () => {
    const [example = ''] = tutorial.blocks('sh');
    const [query = '', mutation = '', filtered = ''] = tutorial.blocks('graphql');
    const url = await startBy(example);
    const first = await sendOperation(url, { query });
    expect([first.errors, first.data]).toEqual([undefined, EXPECTED]);
    const created = await sendOperation(url, { query: mutation });
    expect(created.data).toEqual({
      createCustomer: { customer: { loyaltyTier: 'GOLD' }, userErrors: [] },
    });
    const { data, errors } = await sendOperation(url, { query: filtered });
    expect(errors).toBeUndefined();
    expect(data.customers.nodes).toEqual(
      expect.arrayContaining([{ loyaltyTier: 'GOLD', memberSince: expect.any(String) }]),
    );
  });

  it('makes a graph from the account and the service, with a schema for code generators', async () => {
    const [, steps = ''] = tutorial.blocks('sh');
    const [query = ''] = tutorial.blocks('graphql');
    tutorial.save('yaml', 'my-graph/graph.yaml');
    const commands = steps.trimEnd().split('\n');
    const start = commands.pop() ?? '';
    const { status, stderr } = tutorial.run(commands.join('\n'));
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining('loyalty.graphql is now the SDL'),
    ]);
    const api = readFileSync(join(tutorial.folder, 'my-graph/composed/api.graphql'), 'utf8');
    const customer = buildSchema(api).getType('Customer');
    expect(isObjectType(customer) && customer.getFields()).toMatchObject({
      loyaltyTier: {},
      points: {},
    });
    const url = await startBy(start);
    const { data, errors } = await sendOperation(url, { query });
    expect(errors).toBeUndefined();
    expect(data.customers.nodes).toHaveLength(2);
    expect(data.customers.nodes[0]).toMatchObject({
      loyaltyTier: expect.any(String),
      points: expect.any(Number),
    });
  });
});
