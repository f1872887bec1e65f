import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { countRounds } from '../../bench/count-rounds.ts';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import {
  startStandInService,
  type StandInService,
} from '../gateway/engines/planned/stand-in-service.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { TRACED } from '../gateway/traced.ts';
import { LIST_QUERY } from './list-query.ts';

let loyalty: StandInService;
let program: Program;
let url: string;

beforeAll(async () => {
  loyalty = await startStandInService(({ variables }) => {
    // A cast: what the gateway sends.
    const { representations } = variables as { representations: readonly unknown[] };
    return { data: { _entities: representations.map(() => ({ points: 7 })) } };
  });
  program = startProgram('gateway.js', [], {
    PORT: '0',
    GRAPH: resolve('examples/own-graph/graph.yaml'),
    LOYALTY_URL: loyalty.url,
    LOG_LEVEL: 'warn',
    // So long that a busy machine does not pull calls of one round apart.
    SANDBOX_LATENCY_MS: '250',
  });
  url = await program.url;
});
afterAll(async () => {
  await program.end();
  await loyalty.close();
});

describeBuilt('the list query in a graph with a service', () => {
  it('takes three rounds of vendor calls and no request to the service without its fields', async () => {
    const { errors, extensions } = await sendOperation(url, { query: LIST_QUERY }, TRACED);
    expect(errors).toBeUndefined();
    expect(countRounds(extensions?.upstream ?? [])).toBe(3);
    expect(loyalty.requests).toEqual([]);
  });

  it('takes three rounds and one request to the service for twenty customers with one of its fields', async () => {
    const query = LIST_QUERY.replace('name', 'name points');
    const { data, errors, extensions } = await sendOperation(url, { query }, TRACED);
    expect(errors).toBeUndefined();
    expect(data.customers.edges).toHaveLength(20);
    expect(data.customers.edges[0].node.points).toBe(7);
    expect(countRounds(extensions?.upstream ?? [])).toBe(3);
    expect(loyalty.requests).toHaveLength(1);
  });
});
