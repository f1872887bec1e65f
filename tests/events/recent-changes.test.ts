import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Change } from '../../events/change.ts';
import { RecentChanges } from '../../events/recent-changes.ts';
import type { CacheTags, LogPlace } from '../../request/cache-tags.ts';
import { changeOf } from './changes.ts';

const MINUTE = 60_000;
const START = 1_000_000_000_000;

const at = (ms: number, log = 'one'): LogPlace => ({
  log,
  position: { ms: START + ms, seq: 0 },
  time: START + ms,
});

const change = (over: Partial<Change>) => changeOf('pi_1', over);

const payment = (id: string): CacheTags => ({ records: [{ type: 'Payment', id }], lists: [] });
const list = (over: Partial<CacheTags['lists'][number]> = {}): CacheTags => ({
  records: [],
  lists: [{ type: 'Payment', ...over }],
});
const account = (id: string) => ({ type: 'BillingAccount', id });

describe('recent changes', () => {
  let recent: RecentChanges;
  const receive = (ms: number, entries: readonly Change[], { log = 'one', floor = 0 } = {}) => {
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
  const isValid = (tags: CacheTags, requestedAt = at(0)) =>
    recent.isUnchanged('stripe', tags, requestedAt);
  beforeEach(() => {
    recent = new RecentChanges({ rememberedMs: 15 * MINUTE, maxRecords: 100 });
    receive(0, []);
  });

  it('void responses requested before a change of one of their records, and no others', () => {
    receive(1000, [change({})]);
    expect(isValid(payment('pi_1'))).toBe(false);
    expect(isValid(payment('pi_1'), at(2000))).toBe(true);
    expect(isValid(payment('pi_2'))).toBe(true);
    expect(isValid({ records: [{ type: 'Invoice', id: 'pi_1' }], lists: [] })).toBe(true);
    expect(recent.isUnchanged('hubspot', payment('pi_1'), at(0))).toBe(true);
  });

  it.each(['CREATED', 'DELETED', 'MERGED'] as const)('void lists: %s', (kind) => {
    receive(1000, [change({ kind })]);
    expect(isValid(list())).toBe(false);
    expect(isValid(list({ type: 'Invoice' }))).toBe(true);
  });

  it('leave lists of all records valid when a field changes that they do not depend on', () => {
    receive(1000, [change({})]);
    expect(isValid(list())).toBe(true);
  });

  it('void a list when a catch-up finds a change, which may be a creation', () => {
    receive(1000, [change({ source: 'catch-up' })]);
    expect(isValid(list())).toBe(false);
  });

  it('void the list of a record when they name that record, or no related record', () => {
    receive(1000, [change({ related: [account('cus_1')] })]);
    expect(isValid(list({ of: [account('cus_1')] }))).toBe(false);
    expect(isValid(list({ of: [account('cus_2')] }))).toBe(true);
    expect(isValid(list({ of: [account('cus_2'), account('cus_1')] }))).toBe(false);
    receive(2000, [change({ kind: 'CREATED', related: [{ type: 'Invoice', id: 'in_1' }] })]);
    expect(isValid(list({ of: [account('cus_2')] }))).toBe(false);
    expect(isValid(list({ of: [account('cus_2')] }), at(3000))).toBe(true);
  });

  it('void a filtered list at any change that may add records to it', () => {
    const open = (id: string) => list({ of: [account(id)], dependsOn: ['*'] });
    receive(1000, [change({ related: [account('cus_1')] })]);
    expect(isValid(open('cus_1'))).toBe(false);
    expect(isValid(open('cus_2'))).toBe(true);
    receive(2000, [change({})]);
    expect(isValid(open('cus_2'))).toBe(false);
  });

  it.each([
    [['email'], false],
    [['*'], false],
    [['name'], true],
    [[], true],
  ])('void links that depend on a changed field: %j', (changed, expected) => {
    receive(1000, [change({ changed })]);
    expect(isValid(list({ dependsOn: ['email'] }))).toBe(expected);
  });

  it('void a search requested within the lag of the vendor’s index', () => {
    receive(1000, [change({})]);
    const search = list({ dependsOn: ['*'], lagMs: 5000 });
    expect(isValid(search, at(5999))).toBe(false);
    expect(isValid(search, at(6000))).toBe(true);
    receive(10_000, [change({ searchLagMs: 8000 })]);
    expect(isValid(search, at(17_999))).toBe(false);
    expect(isValid(search, at(18_000))).toBe(true);
  });

  it('void all records of a type or a vendor if they name none', () => {
    receive(1000, [change({ id: '' })]);
    expect(isValid(payment('pi_2'))).toBe(false);
    expect(isValid(list({ of: [account('cus_1')] }))).toBe(false);
    expect(isValid(payment('pi_2'), at(1500))).toBe(true);
    receive(2000, [change({ type: '', id: '' })]);
    expect(isValid({ records: [{ type: 'Invoice', id: 'in_1' }], lists: [] }, at(1500))).toBe(
      false,
    );
  });

  it('leave records valid when an unnamed record is created', () => {
    receive(1000, [change({ id: '', kind: 'CREATED' })]);
    expect(isValid(payment('pi_2'))).toBe(true);
    expect(isValid(list())).toBe(false);
  });

  it('void responses requested at a position of another log', () => {
    expect(isValid(payment('pi_1'))).toBe(true);
    receive(1000, [], { log: 'other' });
    expect(isValid(payment('pi_1'))).toBe(false);
    expect(isValid(payment('pi_1'), at(500, 'other'))).toBe(false);
    expect(isValid(payment('pi_1'), at(1000, 'other'))).toBe(true);
  });

  it('void responses requested before the first known change', () => {
    expect(isValid(payment('pi_1'), at(-15 * MINUTE))).toBe(true);
    expect(isValid(payment('pi_1'), at(-15 * MINUTE - 1))).toBe(false);
  });

  it('void responses requested before entries that were trimmed unread', () => {
    receive(5 * MINUTE, [], { floor: START + 3 * MINUTE });
    expect(isValid(payment('pi_1'), at(2 * MINUTE))).toBe(false);
    expect(isValid(payment('pi_1'), at(4 * MINUTE))).toBe(true);
  });

  it('use bounded memory: an evicted change counts as a change of each record of the type', () => {
    const changes = Array.from({ length: 500 }, (_, index) =>
      change({ id: `pi_${String(index)}` }),
    );
    receive(1000, changes);
    expect(isValid(payment('pi_unknown'))).toBe(false);
    expect(isValid(payment('pi_unknown'), at(2000))).toBe(true);
    expect(isValid({ records: [{ type: 'Invoice', id: 'in_1' }], lists: [] })).toBe(true);
  });

  it('are evicted after their time, without making older responses valid again', () => {
    receive(1000, [change({})]);
    receive(20 * MINUTE, []);
    expect(isValid(payment('pi_1'))).toBe(false);
    // A change this old cannot be distinguished from others.
    expect(isValid(payment('pi_2'))).toBe(false);
    expect(isValid(payment('pi_2'), at(2000))).toBe(true);
  });

  it('stay correct when entries are repeated', () => {
    receive(2000, [change({})]);
    receive(1000, [change({})]);
    expect(isValid(payment('pi_1'), at(1500))).toBe(false);
  });

  it('change the revision of a type with each further change', () => {
    const before = recent.revisionOf('stripe', ['Payment', 'Refund']);
    receive(1000, [change({ type: 'Invoice' })]);
    expect(recent.revisionOf('stripe', ['Payment', 'Refund'])).toBe(before);
    receive(2000, [change({ type: 'Refund' })]);
    const after = recent.revisionOf('stripe', ['Payment', 'Refund']);
    expect(after).not.toBe(before);
    receive(3000, [change({ type: '', id: '' })]);
    expect(recent.revisionOf('stripe', ['Payment', 'Refund'])).not.toBe(after);
  });
});
