import type { CallRecord, MappingProblemRecord } from '../request/request-scope.ts';
import type { VendorRefusal } from './vendor-refusal.ts';

/** States of a circuit breaker; see the glossary. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Kinds of calls that fail together. */
export type CallClass = 'read' | 'write';

/** Receives events between this process and the vendors, for metrics and logs. Must not throw. */
export interface UpstreamMonitor {
  /** A call ended, with any outcome. Each try counts as a call. */
  called(call: CallRecord): void;
  /** A vendor refused a call. Not called for a record that does not exist. */
  refused(refusal: VendorRefusal): void;
  /** A call will be retried. */
  retried(vendor: string): void;
  /** A call waited `ms` for its rate-limit slot; also reported for a cancelled one. */
  waited(vendor: string, ms: number): void;
  /** @param api the API of a vendor that has several, each with its own breaker */
  breakerChanged(vendor: string, calls: CallClass, state: BreakerState, api?: string): void;
  /** A cache lookup ended. `hit` saved a call; `stale` is an expired response that is used because the vendor failed. */
  cacheLookup(vendor: string, found: 'hit' | 'miss' | 'stale'): void;
  /** A mapping of a connector could not be applied completely. */
  mappingFailed(mapping: MappingProblemRecord): void;
  /** A list was truncated at its policy's limit. @param field such as `Query.orders` */
  listTruncated(vendor: string, field: string): void;
  /** The connection to Redis was lost or restored. @param reason why it was lost */
  sharedStateChanged(isShared: boolean, reason?: string): void;
}

export const NO_MONITOR: UpstreamMonitor = {
  called: () => undefined,
  refused: () => undefined,
  retried: () => undefined,
  waited: () => undefined,
  breakerChanged: () => undefined,
  cacheLookup: () => undefined,
  mappingFailed: () => undefined,
  listTruncated: () => undefined,
  sharedStateChanged: () => undefined,
};
