import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ServiceConnections } from '../../../../gateway/engines/planned/service-connections.ts';
import { createMonitoring } from '../../../../monitoring/monitoring.ts';
import { createCallTrace } from '../../../../request/request-scope.ts';
import { startStandInService, type StandInService } from './stand-in-service.ts';

let service: StandInService;
const monitoring = () => createMonitoring({ vendors: [] });
beforeEach(async () => {
  service = await startStandInService(() => ({ data: {} }));
});
afterEach(() => service.close());

const scope = () => ({ signal: new AbortController().signal, trace: createCallTrace() });

describe('the connections of a process to a service', () => {
  it('are shared by graphs with the same settings of it, and closed with the last of them', async () => {
    const { services: monitor, health } = monitoring();
    const connections = new ServiceConnections({ requestTimeoutMs: 1000, traces: true, monitor });
    const settings = { name: 'shop', url: service.url, forwardedHeaders: [] };
    const before = connections.open(settings);
    const after = connections.open({ ...settings });
    await before.close();
    await before.close();

    expect(await after.post('{"query":"{ a }"}', scope(), false)).toMatchObject({ status: 200 });
    expect(health().services).toEqual({ shop: 'up' });
    await after.close();
    expect(health().services).toBeUndefined();
    await expect(after.post('{"query":"{ a }"}', scope(), false)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('are not shared by graphs with other settings of it', async () => {
    const { services: monitor, health } = monitoring();
    const connections = new ServiceConnections({ requestTimeoutMs: 1000, traces: true, monitor });
    const settings = { name: 'shop', url: service.url, forwardedHeaders: [] };
    const before = connections.open(settings);
    const after = connections.open({ ...settings, traffic: { retries: 1 } });
    await before.close();

    expect(health().services).toEqual({ shop: 'up' });
    expect(await after.post('{"query":"{ a }"}', scope(), false)).toMatchObject({ status: 200 });
    await after.close();
  });
});
