import type { CallTables, Read } from '../../subgraphs/call-table.ts';
import type { ArgumentValue, ListSize, Variables } from './list-size.ts';
import {
  inBatchesOfItems,
  oneCallEach,
  inBatches,
  batchCount,
  itemsOf,
  type ObjectEstimate,
} from './object-estimate.ts';

/** A running sum of an operation's vendor calls. */
interface CallSum {
  readonly variables: Variables;
  readonly calls: Record<string, number>;
}

/** The vendor calls of a field. */
export interface PlannedField {
  /** Adds the calls for the objects at a position. @returns the estimate after the calls */
  readonly add: (estimate: ObjectEstimate, sum: CallSum) => ObjectEstimate;
  /** Whether they depend on variables. */
  readonly varies: boolean;
}

/** Plans the reads of a field from its arguments and its list size. */
export type FieldReads = (
  coordinate: string,
  argumentOf: ArgumentOf,
  size: ListSize,
) => PlannedField;

type ArgumentOf = (argument: string) => ArgumentValue | undefined;

/** The reads of all subgraphs, by `Type.field`. */
export type ReadsByField = ReadonlyMap<
  string,
  { readonly service: string; readonly reads: readonly Read[] }
>;

export const readsByField = (tables: CallTables): ReadsByField =>
  new Map(
    Object.entries(tables).flatMap(([service, table]) =>
      Object.entries(table).map(([coordinate, reads]) => [coordinate, { service, reads }] as const),
    ),
  );

/** The vendor calls of an operation's fields. */
export class PlannedReads {
  readonly #byField: ReadsByField;
  /** The selected fields of the operation. */
  readonly #selected = new Set<string>();

  constructor(byField: ReadsByField) {
    this.#byField = byField;
  }

  ofObject(): FieldReads {
    const done = new Set<string>();
    return (coordinate, argumentOf, size) => {
      this.#selected.add(coordinate);
      const known = this.#byField.get(coordinate);
      if (known === undefined) return NO_CALLS;
      const steps = known.reads.map((read) =>
        this.#plan(known.service, read, argumentOf, size, done),
      );
      return {
        add: (estimate, sum) => steps.reduce((there, step) => step.add(there, sum), estimate),
        varies: steps.some(({ varies }) => varies),
      };
    };
  }

  #plan(
    service: string,
    read: Read,
    argumentOf: ArgumentOf,
    size: ListSize,
    done: Set<string>,
  ): PlannedField {
    const { name, selected, calls = 1 } = read;
    const isShared = name !== undefined && done.has(name);
    if (name !== undefined) done.add(name);
    const argument = argumentOf(read.argument ?? 'after');
    const isNeeded = ({ variables }: CallSum) =>
      (selected === undefined || this.#selected.has(selected)) &&
      (read.argument === undefined || argument?.of(variables) != null) &&
      (read.beyond === undefined ||
        size.of(variables) > read.beyond ||
        argument?.of(variables) != null);
    return {
      varies:
        argument?.varies === true && (read.argument !== undefined || read.beyond !== undefined),
      add: (estimate, sum) => {
        if (!isNeeded(sum)) return estimate;
        const { times, after } = readAt(estimate, read, size.of(sum.variables));
        if (!isShared) sum.calls[service] = (sum.calls[service] ?? 0) + times * calls;
        return after;
      },
    };
  }
}

const NO_CALLS: PlannedField = { add: (estimate) => estimate, varies: false };

/** The number of calls for a read at a position, and the arrivals of the objects after it. */
function readAt(
  estimate: ObjectEstimate,
  read: Read,
  size: number,
): { readonly times: number; readonly after: ObjectEstimate } {
  switch (read.per) {
    case 'object':
      return { times: estimate.objects, after: oneCallEach(estimate) };
    case 'batch':
      return { times: batchCount(estimate, read.of), after: inBatches(estimate, read.of) };
    case 'batchOfItems':
      return {
        times: batchCount(itemsOf(estimate, size), read.of),
        after: inBatchesOfItems(estimate, size, read.of),
      };
    case 'page':
      return {
        times: estimate.objects * Math.min(read.most, Math.ceil(size / read.of)),
        after: oneCallEach(estimate),
      };
    case 'field':
      return { times: Math.min(1, estimate.objects), after: estimate };
  }
}
