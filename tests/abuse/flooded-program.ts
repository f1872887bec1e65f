/**
 * A gateway that tells its parent what it holds. It has a process of its own, as the memory of its clients would count as its memory.
 *
 *     node --expose-gc --import tsx flooded-program.ts
 */
import { setImmediate as turn } from 'node:timers/promises';
import { startTestGateway } from '../gateway/start-gateway.ts';
import { changePayment, firstPayment } from '../gateway/transports/changes.ts';

/** What a parent may ask for: what is held after a collection, what is held now, or a change of a payment. */
export type Question = 'collected' | 'now' | 'change';

export interface Held {
  /** Of JavaScript. */
  readonly heapBytes: number;
  /** Of buffers, which the heap does not have. */
  readonly bufferBytes: number;
  /** Those of clients, and those to vendors and of vendors, which are in this process too. */
  readonly sockets: number;
}

// Lines of the log would be held for the tests that read them.
const gateway = await startTestGateway({ environment: { LOG_LEVEL: 'silent' } });
const payment = await firstPayment(gateway);

const held = (): Held => {
  const { heapUsed: heapBytes, external: bufferBytes } = process.memoryUsage();
  const sockets = process
    .getActiveResourcesInfo()
    .filter((kind) => kind === 'TCPSocketWrap').length;
  return { heapBytes, bufferBytes, sockets };
};

async function collectGarbage(): Promise<void> {
  for (let round = 0; round < 4; round += 1) {
    globalThis.gc?.();
    await turn();
  }
}

async function answer(question: Question): Promise<void> {
  if (question === 'change') await changePayment(gateway, payment);
  if (question === 'collected') await collectGarbage();
  process.send?.(held());
}

process.on('message', (question: Question) => void answer(question));
process.once('disconnect', () => void gateway.close());
process.send?.({ url: gateway.url });
