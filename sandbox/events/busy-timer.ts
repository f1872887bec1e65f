import type { SandboxVendor } from '../sandbox-vendor.ts';

/** Some changes a minute: enough to watch, too few to hide a person's own edits. */
const INTERVAL_MS = 7000;

/** Simulates changes in a vendor's account at an interval. */
export function createBusyTimer({ events }: SandboxVendor): { stop(): void } {
  const timer = setInterval(() => {
    events?.simulateChange();
  }, INTERVAL_MS).unref();
  return {
    stop() {
      clearInterval(timer);
    },
  };
}
