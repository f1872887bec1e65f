import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startExtended } from '../subgraphs/extensions/start-extended.ts';

let sandbox: Sandbox<'hubspot' | 'stripe'>;
beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['hubspot', 'stripe'] });
});
afterAll(() => sandbox.close());

describe('docs/own-graph.md on custom objects', () => {
  it('has a file of custom objects that composes, and a query that it answers', async () => {
    const [, section = ''] = readFileSync('docs/own-graph.md', 'utf8').split('### Custom objects');
    const blocks = [...section.matchAll(/^```graphql\n(.*?)^```/gms)];
    const [sdl = '', query = ''] = blocks.map(([, code]) => code);
    const { run, close } = startExtended(sandbox.environment, { crm: sdl });
    const { data, errors } = await run(query);
    await close();
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      machines: {
        totalCount: 42,
        nodes: [
          {
            serialNumber: 'SN-1002',
            customers: { nodes: [{ machines: { nodes: [{ rent: '69.5' }] } }] },
          },
          { serialNumber: 'SN-1003' },
        ],
      },
    });
  });
});
