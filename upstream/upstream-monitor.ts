import type { CallRecord, MappingProblemRecord } from '../request/request-scope.ts';
import type { VendorRefusal } from './vendor-refusal.ts';

/** Whether calls of a kind are let through to a vendor. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Kinds of calls that fail together. */
export type CallClass = 'read' | 'write';

/** Hears what happens between this process and the vendors, for metrics and logs. Must not throw. */
export interface UpstreamMonitor {
  /** A call ended, with whatever; each try of one that is repeated is a call. */
  called(call: CallRecord): void;
  /** A vendor answered a call, and did not do what it was asked to. Not called for a record that does not exist. */
  refused(refusal: VendorRefusal): void;
  /** A call is going to be repeated. */
  retried(vendor: string): void;
  /** A call waited so long for its place within the vendor's rate limit; also one that gave up. */
  waited(vendor: string, ms: number): void;
  /** @param api names one of several that the vendor has, each with a breaker of its own. */
  breakerChanged(vendor: string, calls: CallClass, state: BreakerState, api?: string): void;
  /** What was asked for was kept from before, which saved a call, or not; `stale` was too old, but better than nothing. */
  cacheLookup(vendor: string, found: 'hit' | 'miss' | 'stale'): void;
  /** A mapping of a connector could not do all that it says. */
  mappingFailed(mapping: MappingProblemRecord): void;
  /** Redis was lost, or is there again. @param reason says why it is lost */
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
  sharedStateChanged: () => undefined,
};
