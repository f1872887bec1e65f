import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { codesAndPaths, startTestGateway, type TestGateway } from '../../start-gateway.ts';

const OPERATIONS: [string, string, object][] = [
  [
    'a literal',
    '{ customers(first: 1) { nodes { id } } reverseGeocode(location: { latitude: 91, longitude: 0 }) { id } }',
    {},
  ],
  [
    'a variable',
    'query ($d: Date) { customers(first: 1) { nodes { id } } deals(filter: { closesFrom: $d }) { nodes { id } } }',
    { d: 'x' },
  ],
  [
    'a right literal',
    '{ reverseGeocode(location: { latitude: 48.8584, longitude: 2.2945 }) { location { latitude } } }',
    {},
  ],
  [
    'a right variable',
    'query ($t: DateTime) { customers(first: 2, filter: { createdFrom: $t }) { nodes { createdAt } } }',
    { t: '2025-06-01T00:00:00+02:00' },
  ],
];

describe('a scalar', () => {
  const gateways: TestGateway[] = [];
  beforeAll(async () => {
    for (const mode of ['embedded', 'distributed'] as const)
      gateways.push(await startTestGateway({ mode }));
  });
  afterAll(async () => {
    for (const gateway of gateways) await gateway.close();
  });

  it.each(OPERATIONS)(
    'as %s is parsed equally embedded and distributed',
    async (_what, query, variables) => {
      const [embedded, distributed] = await Promise.all(
        gateways.map(async (gateway) => {
          const { status, data, errors } = await gateway.query(query, variables);
          return { status, data, errors: codesAndPaths(errors) };
        }),
      );
      expect(distributed).toEqual(embedded);
    },
  );
});
