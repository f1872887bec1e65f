/**
 * Whether events of a vendor can be relied on: its webhooks arrive, the last catch-up was made in time and found nothing that they had missed, and
 * the log can be read. All instances that share a log agree within some seconds.
 */
export interface EventHealth {
  isHealthy(vendor: string): boolean;
}
