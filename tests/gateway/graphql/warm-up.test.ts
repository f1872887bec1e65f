import { describe, expect, it } from '@jest/globals';
import { startTestGateway } from '../start-gateway.ts';

describe.each(['embedded', 'distributed'] as const)(
  'the %s gateway, warmed up before it listens',
  (mode) => {
    it('has logged nothing and made no vendor call', async () => {
      const gateway = await startTestGateway({ mode });
      const said = gateway.log.filter((line) => /failed|answered/.test(line));
      const { extensions } = await gateway.query('{ __typename }', undefined, {
        'x-tributary-trace': '1',
      });
      await gateway.close();
      expect(said).toEqual([]);
      expect(extensions?.upstream).toEqual([]);
    });
  },
);
