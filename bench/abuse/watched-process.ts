// Loaded before a program, `node --expose-gc --import <this>`: reports memory and CPU of the program to the parent on request.
import { createHistogram } from 'node:perf_hooks';

/** Since the answer before. */
export interface ProcessState {
  /** Milliseconds between two turns of a timer of one millisecond: what anything else had to wait. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Of all threads, the collector's included: what the delay would be on a machine of its own is not more. */
  readonly cpuMs: number;
  /** Bytes that are in use after a collection. */
  readonly heapBytes: number;
  readonly residentBytes: number;
}

const delay = createHistogram();
let before = process.cpuUsage();
setInterval(() => {
  delay.recordDelta();
}, 1).unref();
process.on('message', (question) => {
  delay.recordDelta();
  const { user, system } = process.cpuUsage(before);
  const seen = {
    cpuMs: (user + system) / 1000,
    delayP99Ms: delay.percentile(99) / 1e6,
    delayMaxMs: delay.max / 1e6,
  };
  if (question === 'memory') globalThis.gc?.();
  const { heapUsed: heapBytes, rss: residentBytes } = process.memoryUsage();
  process.send?.({ ...seen, heapBytes, residentBytes } satisfies ProcessState);
  before = process.cpuUsage();
  delay.reset();
  delay.recordDelta();
});
process.channel?.unref();
