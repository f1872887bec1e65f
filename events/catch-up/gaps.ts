import type { LogEntry } from '../log/change-log.ts';

/** A stretch of time in which webhooks of a vendor told of nothing, and a catch-up found changes. */
export interface Gap {
  readonly vendor: string;
  /** When the first and the last of its changes happened, by the vendor's clock; milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly changes: number;
}

/** @param entries of a log, oldest first. A vendor without any webhook in them has one gap: it is only caught up with. */
export function findGaps(entries: readonly Pick<LogEntry, 'change'>[]): readonly Gap[] {
  const gaps: Gap[] = [];
  /** By vendors: which gap goes on. */
  const open = new Map<string, number>();
  for (const { change } of entries) {
    const { vendor, at, source } = change;
    if (source === 'webhook') open.delete(vendor);
    if (source !== 'catch-up') continue;
    const index = open.get(vendor) ?? gaps.length;
    const { from = at, to = at, changes = 0 } = gaps[index] ?? {};
    gaps[index] = {
      vendor,
      from: Math.min(from, at),
      to: Math.max(to, at),
      changes: changes + 1,
    };
    open.set(vendor, index);
  }
  return gaps;
}
