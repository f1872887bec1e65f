import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../events/change.ts';
import { RecentChanges } from '../../events/recent-changes.ts';
import type { CacheTags, LogPlace } from '../../request/cache-tags.ts';

const MINUTE = 60_000;
const START = 1_000_000_000_000;

const at = (ms: number, log = 'one'): LogPlace => ({
  log,
  position: { ms: START + ms, seq: 0 },
  time: START + ms,
});

const change = (over: Partial<Change>): Change => ({
  vendor: 'stripe',
  type: 'Payment',
  id: 'pi_1',
  kind: 'UPDATED',
  related: [],
  changed: [],
  at: 0,
  source: 'webhook',
  ...over,
});

const payment = (id: string): CacheTags => ({ records: [{ type: 'Payment', id }], lists: [] });
const list = (over: Partial<CacheTags['lists'][number]> = {}): CacheTags => ({
  records: [],
  lists: [{ type: 'Payment', ...over }],
});
const account = (id: string) => ({ type: 'BillingAccount', id });

describe('recent changes', () => {
  let recent: RecentChanges;
  const hear = (ms: number, entries: readonly Change[], { log = 'one', floor = 0 } = {}) => {
    const { position, time } = at(ms);
    recent.add(
      entries.map((one, seq) => ({ position: { ...position, seq }, change: one })),
      {
        log,
        position: { ...position, seq: entries.length },
        floor: { ms: floor, seq: 0 },
        time,
      },
    );
  };
  const holds = (tags: CacheTags, asked = at(0)) => recent.isUnchanged('stripe', tags, asked);
  beforeEach(() => {
    recent = new RecentChanges({ rememberedMs: 15 * MINUTE, maxRecords: 100 });
    hear(0, []);
  });

  it('make void what was asked before a change of a record in it, and nothing else', () => {
    hear(1000, [change({})]);
    expect(holds(payment('pi_1'))).toBe(false);
    expect(holds(payment('pi_1'), at(2000))).toBe(true);
    expect(holds(payment('pi_2'))).toBe(true);
    expect(holds({ records: [{ type: 'Invoice', id: 'pi_1' }], lists: [] })).toBe(true);
    expect(recent.isUnchanged('hubspot', payment('pi_1'), at(0))).toBe(true);
  });

  it.each(['CREATED', 'DELETED', 'MERGED'] as const)('make lists void: %s', (kind) => {
    hear(1000, [change({ kind })]);
    expect(holds(list())).toBe(false);
    expect(holds(list({ type: 'Invoice' }))).toBe(true);
  });

  it('leave lists of all records valid when a record changes that is not in them', () => {
    hear(1000, [change({})]);
    expect(holds(list())).toBe(true);
  });

  it('make a list void when a catch-up finds a change, which may be a creation', () => {
    hear(1000, [change({ source: 'catch-up' })]);
    expect(holds(list())).toBe(false);
  });

  it('make the list of a record void when they name it, or do not say whose they are', () => {
    hear(1000, [change({ related: [account('cus_1')] })]);
    expect(holds(list({ of: [account('cus_1')] }))).toBe(false);
    expect(holds(list({ of: [account('cus_2')] }))).toBe(true);
    expect(holds(list({ of: [account('cus_2'), account('cus_1')] }))).toBe(false);
    hear(2000, [change({ kind: 'CREATED', related: [{ type: 'Invoice', id: 'in_1' }] })]);
    expect(holds(list({ of: [account('cus_2')] }))).toBe(false);
    expect(holds(list({ of: [account('cus_2')] }), at(3000))).toBe(true);
  });

  it('make a filtered list void at any change that may move records into it', () => {
    const open = (id: string) => list({ of: [account(id)], dependsOn: ['*'] });
    hear(1000, [change({ related: [account('cus_1')] })]);
    expect(holds(open('cus_1'))).toBe(false);
    expect(holds(open('cus_2'))).toBe(true);
    hear(2000, [change({})]);
    expect(holds(open('cus_2'))).toBe(false);
  });

  it.each([
    [['email'], false],
    [['*'], false],
    [['name'], true],
    [[], true],
  ])('make links void that depend on a field that has changed: %j', (changed, isValid) => {
    hear(1000, [change({ changed })]);
    expect(holds(list({ dependsOn: ['email'] }))).toBe(isValid);
  });

  it('make a search void that was asked while the vendor may have answered as before', () => {
    hear(1000, [change({})]);
    const search = list({ dependsOn: ['*'], lagMs: 5000 });
    expect(holds(search, at(5999))).toBe(false);
    expect(holds(search, at(6000))).toBe(true);
    hear(10_000, [change({ searchLagMs: 8000 })]);
    expect(holds(search, at(17_999))).toBe(false);
    expect(holds(search, at(18_000))).toBe(true);
  });

  it('make all records of a type or of a vendor void where they name none', () => {
    hear(1000, [change({ id: '' })]);
    expect(holds(payment('pi_2'))).toBe(false);
    expect(holds(list({ of: [account('cus_1')] }))).toBe(false);
    expect(holds(payment('pi_2'), at(1500))).toBe(true);
    hear(2000, [change({ type: '', id: '' })]);
    expect(holds({ records: [{ type: 'Invoice', id: 'in_1' }], lists: [] }, at(1500))).toBe(false);
  });

  it('leave records valid when a record is created that is not named', () => {
    hear(1000, [change({ id: '', kind: 'CREATED' })]);
    expect(holds(payment('pi_2'))).toBe(true);
    expect(holds(list())).toBe(false);
  });

  it('void responses requested at a position of another log', () => {
    expect(holds(payment('pi_1'))).toBe(true);
    hear(1000, [], { log: 'other' });
    expect(holds(payment('pi_1'))).toBe(false);
    expect(holds(payment('pi_1'), at(500, 'other'))).toBe(false);
    expect(holds(payment('pi_1'), at(1000, 'other'))).toBe(true);
  });

  it('void responses requested before the first known change', () => {
    expect(holds(payment('pi_1'), at(-15 * MINUTE))).toBe(true);
    expect(holds(payment('pi_1'), at(-15 * MINUTE - 1))).toBe(false);
  });

  it('void responses requested before entries that were trimmed unread', () => {
    hear(5 * MINUTE, [], { floor: START + 3 * MINUTE });
    expect(holds(payment('pi_1'), at(2 * MINUTE))).toBe(false);
    expect(holds(payment('pi_1'), at(4 * MINUTE))).toBe(true);
  });

  it('take a bounded amount of memory: what is forgotten counts as a change of each record of the type', () => {
    const changes = Array.from({ length: 500 }, (_, index) =>
      change({ id: `pi_${String(index)}` }),
    );
    hear(1000, changes);
    expect(holds(payment('pi_unknown'))).toBe(false);
    expect(holds(payment('pi_unknown'), at(2000))).toBe(true);
    expect(holds({ records: [{ type: 'Invoice', id: 'in_1' }], lists: [] })).toBe(true);
  });

  it('are forgotten after their time, without a response of before becoming valid', () => {
    hear(1000, [change({})]);
    hear(20 * MINUTE, []);
    expect(holds(payment('pi_1'))).toBe(false);
    // A change so old is no longer distinguishable from others.
    expect(holds(payment('pi_2'))).toBe(false);
    expect(holds(payment('pi_2'), at(2000))).toBe(true);
  });

  it('stay valid when entries come again', () => {
    hear(2000, [change({})]);
    hear(1000, [change({})]);
    expect(holds(payment('pi_1'), at(1500))).toBe(false);
  });

  it('give a type another revision with each further change', () => {
    const before = recent.revisionOf('stripe', ['Payment', 'Refund']);
    hear(1000, [change({ type: 'Invoice' })]);
    expect(recent.revisionOf('stripe', ['Payment', 'Refund'])).toBe(before);
    hear(2000, [change({ type: 'Refund' })]);
    const after = recent.revisionOf('stripe', ['Payment', 'Refund']);
    expect(after).not.toBe(before);
    hear(3000, [change({ type: '', id: '' })]);
    expect(recent.revisionOf('stripe', ['Payment', 'Refund'])).not.toBe(after);
  });
});
