import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../settings/settings.ts';
import { describeLiveWithoutEvents, lifetimeSettings } from '../../subgraphs/cache-settings.ts';

const TYPES = ['Customer', 'Company'];

describe('the times for which responses are cached', () => {
  it('are zero by default', () => {
    expect(parseSettings(lifetimeSettings('crm', TYPES), { CRM_CACHE: '' }, [])).toEqual({
      freshSeconds: new Map(),
      staleSeconds: new Map(),
    });
  });

  it('are read by type, in seconds, minutes and hours', () => {
    const environment = { CRM_CACHE: 'Customer=30s, Company=5m', CRM_CACHE_STALE: 'Company=2h' };
    expect(parseSettings(lifetimeSettings('crm', TYPES), environment, [])).toEqual({
      freshSeconds: new Map([
        ['Customer', 30],
        ['Company', 300],
      ]),
      staleSeconds: new Map([['Company', 7200]]),
    });
  });

  it('can be one for all types', () => {
    expect(parseSettings(lifetimeSettings('crm', TYPES), { CRM_CACHE: '30s' }, [])).toEqual({
      freshSeconds: new Map([
        ['Customer', 30],
        ['Company', 30],
      ]),
      staleSeconds: new Map(),
    });
  });

  it.each([
    ['live', {}],
    [' live , Company=1h', { Company: 3600 }],
    ['live,30s', { Customer: 30, Company: 30 }],
  ])('are until an event invalidates them, with times for the rest: %s', (text, fresh) => {
    expect(parseSettings(lifetimeSettings('crm', TYPES), { CRM_CACHE: text }, [])).toEqual({
      isLive: true,
      freshSeconds: new Map(Object.entries(fresh)),
      staleSeconds: new Map(),
    });
  });

  it('cannot be live while the vendor fails', () => {
    const problems: string[] = [];
    parseSettings(lifetimeSettings('crm', TYPES), { CRM_CACHE_STALE: 'live' }, problems);
    expect(problems).toHaveLength(1);
  });

  it.each([
    '0s',
    'live,',
    'live,live',
    'Customer=1s,live',
    '13h',
    '30s,Customer=5m',
    'Customer',
    'Customer=',
    'Customer=30',
    'Customer=0s',
    'Customer=13h',
    'Person=30s',
    'Customer=1s,Customer=2s',
    'Customer=-1s',
  ])('are refused if they are invalid: %s', (text) => {
    const problems: string[] = [];
    expect(
      parseSettings(lifetimeSettings('crm', TYPES), { CRM_CACHE: text }, problems),
    ).toBeUndefined();
    expect(problems).toEqual([
      'CRM_CACHE must be live, one time for all, such as 30s, or times such as Customer=30s or =5m, each once for any of Customer, Company, of at most 12 hours.',
    ]);
  });
});

describe('a live cache', () => {
  const events = { vendor: 'hubspot', catchUp: () => (async function* () {})() };
  const webhooks = { receive: () => ({ kind: 'unreadable' }) as const, secrets: [] };

  it('is reported at start if no webhook reports changes', () => {
    const subgraphs = [
      { name: 'crm', isCachedLive: true },
      { name: 'payments' },
      { name: 'crm', isCachedLive: true, events: { ...events, webhooks: undefined } },
      { name: 'crm', isCachedLive: true, events: { ...events, webhooks } },
    ];
    const line =
      'CRM_CACHE=live caches nothing: no webhooks of the vendor are set up, which would report changes. Set their secret, or remove live.';
    expect(describeLiveWithoutEvents(subgraphs)).toEqual([line, line]);
  });
});
