import { describe, expect, it } from '@jest/globals';
import { createMonitoring } from '../../monitoring/monitoring.ts';
import { LogUnavailable } from '../../events/log/change-log.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import { parseMetrics, samplesOf } from './read-metrics.ts';

const AT = Date.UTC(2026, 10, 28, 12);

function watch() {
  const monitoring = createMonitoring({ vendors: [] });
  const lines: object[] = [];
  const log = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, ...fields });
  };
  monitoring.logTo({ info: log('info'), warn: log('warn') });
  monitoring.events.watch({
    statuses: [
      { vendor: 'acme', isHealthy: true, newestAt: AT, caughtUpMsAgo: 1500 },
      { vendor: 'other', isHealthy: false },
    ],
  });
  const samples = async (name: string) =>
    samplesOf(parseMetrics(await monitoring.exposition()), name);
  return { ...monitoring, lines, samples };
}

describe('the events of vendors', () => {
  it('are in the health of a process: the newest one, and whether caches may rely on them', () => {
    expect(watch().health().events).toEqual({
      acme: { healthy: true, newest: '2026-11-28T12:00:00.000Z' },
      other: { healthy: false },
    });
  });

  it('are not in the health of a process that catches up with no vendor', () => {
    expect(createMonitoring({ vendors: [] }).health()).not.toHaveProperty('events');
  });

  it('are in its metrics, with the age of the last catch-up and the number of missed changes', async () => {
    const { events, samples } = watch();
    events.caughtUp('acme', { missed: 2 });

    expect(await samples('tributary_events_healthy')).toEqual({
      '{vendor="acme"}': 1,
      '{vendor="other"}': 0,
    });
    expect(await samples('tributary_event_catch_up_age_seconds')).toEqual({
      '{vendor="acme"}': 1.5,
    });
    expect(await samples('tributary_events_missed_total')).toEqual({
      '{vendor="acme"}': 2,
      '{vendor="other"}': 0,
    });
  });

  it('are logged where webhooks had missed some, and where catch-ups fail: once until one succeeds', () => {
    const { events, lines } = watch();
    const error = new UpstreamError('UPSTREAM_UNAVAILABLE', { name: 'shop', title: 'The shop' });
    events.failed('acme', error);
    events.failed('acme', error);
    events.caughtUp('acme', { missed: 0 });
    events.caughtUp('acme', { missed: 3 });

    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'a catch-up failed, and is tried again',
        vendor: 'acme',
        error: { name: 'UpstreamError', code: 'UPSTREAM_UNAVAILABLE', service: 'shop' },
      },
      { level: 'info', message: 'catch-ups succeed again', vendor: 'acme' },
      {
        level: 'warn',
        message: 'webhooks had missed changes, which were caught up with',
        vendor: 'acme',
        missed: 3,
      },
    ]);
  });

  it('are logged without a stack if the log could not be read', () => {
    const { events, lines } = watch();
    events.failed('acme', new LogUnavailable('Redis does not respond.'));

    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'a catch-up failed, and is tried again',
        vendor: 'acme',
        error: { name: 'LogUnavailable', message: 'Redis does not respond.' },
      },
    ]);
  });
});
