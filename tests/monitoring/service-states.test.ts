import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createMonitoring } from '../../monitoring/monitoring.ts';
import type { ServiceResult } from '../../monitoring/service-states.ts';

const start = () => {
  const lines: string[] = [];
  const monitoring = createMonitoring({ vendors: [] });
  monitoring.logTo({
    info: () => undefined,
    warn: (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`),
  });
  const { services } = monitoring;
  return {
    lines,
    health: monitoring.health,
    services,
    end: (...results: readonly ServiceResult[]) => {
      for (const result of results) services.ended('loyalty', result);
    },
  };
};

const FAILING = 'a service is failing {"service":"loyalty","code":"UPSTREAM_UNAVAILABLE"}';
const BACK = 'a service answers again {"service":"loyalty"}';

describe('the state of a service', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is absent from the health of a process without services', () => {
    expect(start().health()).toEqual({ status: 'ready', vendors: {} });
  });

  it('is that of its last request', () => {
    const { services, health, end } = start();
    services.connected('loyalty');
    expect(health()).toEqual({ status: 'ready', vendors: {}, services: { loyalty: 'up' } });
    end('UPSTREAM_CONTRACT');
    expect(health()).toMatchObject({ status: 'degraded', services: { loyalty: 'failing' } });
    end('answered');
    expect(health()).toMatchObject({ status: 'ready', services: { loyalty: 'up' } });
  });

  it.each(['abandoned', 'UPSTREAM_RATE_LIMITED'] as const)(
    'is not changed by a request that was %s',
    (result) => {
      const { lines, health, end } = start();
      end('answered', result);
      expect(health().services).toEqual({ loyalty: 'up' });
      end('UPSTREAM_TIMEOUT', result);
      expect([health().services, lines.length]).toEqual([{ loyalty: 'failing' }, 1]);
    },
  );

  it('is logged once for each change, not once for each request', () => {
    const { lines, end } = start();
    end('answered', ...Array<ServiceResult>(1000).fill('UPSTREAM_UNAVAILABLE'));
    expect(lines).toEqual([FAILING]);
    jest.advanceTimersByTime(60_000);
    end(...Array<ServiceResult>(1000).fill('answered'));
    expect(lines).toEqual([FAILING, BACK]);
  });

  it('is logged every ten seconds at most if it changes all the time, and in the end as it is', () => {
    const { lines, end } = start();
    for (let request = 0; request < 1000; request += 1) end('UPSTREAM_UNAVAILABLE', 'answered');
    expect(lines).toEqual([FAILING]);
    jest.advanceTimersByTime(10_000);
    expect(lines).toEqual([FAILING, BACK]);
    jest.advanceTimersByTime(60_000);
    expect(lines).toEqual([FAILING, BACK]);
  });
});
