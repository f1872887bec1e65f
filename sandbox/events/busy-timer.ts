import type { SandboxVendor } from '../sandbox-vendor.ts';

/** Some changes a minute: enough to watch, too few to hide what a person does. */
const INTERVAL_MS = 7000;

/** Lets a vendor's account change by itself. */
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
