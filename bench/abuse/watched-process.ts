// Loaded before a program, `node --expose-gc --import <this>`: tells the parent how the program fares, whenever it asks.
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Since the answer before. */
export interface ProcessState {
  /** Milliseconds between two turns of a timer of one millisecond: what anything else had to wait. */
  readonly delayP99Ms: number;
  readonly delayMaxMs: number;
  /** Bytes that are in use after a collection. */
  readonly heapBytes: number;
  readonly residentBytes: number;
}

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
process.on('message', (question) => {
  const seen = { delayP99Ms: delay.percentile(99) / 1e6, delayMaxMs: delay.max / 1e6 };
  if (question === 'memory') globalThis.gc?.();
  const { heapUsed: heapBytes, rss: residentBytes } = process.memoryUsage();
  process.send?.({ ...seen, heapBytes, residentBytes } satisfies ProcessState);
  delay.reset();
});
process.channel?.unref();
