/**
 * Whether events of a vendor are reliable: its webhooks arrive, the last catch-up ran in time and found no missed change, and the log is readable.
 * All instances that share a log agree within some seconds.
 */
export interface EventHealth {
  isHealthy(vendor: string): boolean;
}
