import type { LogEntry } from '../log/change-log.ts';

/** A period without webhooks of a vendor in which a catch-up found changes. */
export interface Gap {
  readonly vendor: string;
  /** When the first and the last of its changes happened, by the vendor's clock; milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly changes: number;
}

/** Finds gaps in the entries of a log. A vendor without webhooks has one gap: it is only polled. */
export class GapFinder {
  readonly #gaps: Gap[] = [];
  /** The index of the open gap, by vendor. */
  readonly #open = new Map<string, number>();

  get gaps(): readonly Gap[] {
    return this.#gaps;
  }

  /** @param entry is the next one, oldest first */
  add({ change: { vendor, at, source } }: Pick<LogEntry, 'change'>): void {
    if (source === 'webhook') this.#open.delete(vendor);
    if (source !== 'catch-up') return;
    const index = this.#open.get(vendor) ?? this.#gaps.length;
    const { from = at, to = at, changes = 0 } = this.#gaps[index] ?? {};
    this.#gaps[index] = {
      vendor,
      from: Math.min(from, at),
      to: Math.max(to, at),
      changes: changes + 1,
    };
    this.#open.set(vendor, index);
  }
}
