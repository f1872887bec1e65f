import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Held, Question } from './flooded-program.ts';

export interface FloodedGateway {
  readonly url: string;
  /** One question at a time. */
  ask(question: Question): Promise<Held>;
  /** @returns what it holds once that is no more than before, or what it still holds after a while */
  settled(before: Held): Promise<Held>;
  close(): Promise<void>;
}

/** How much more may be held than before. */
export const TOLERANCE = 1.05;

/** Requests whose clients have gone end with their deadline. */
const SETTLED_WITHIN_MS = 30_000;

export async function startFloodedGateway(): Promise<FloodedGateway> {
  const child = fork('tests/abuse/flooded-program.ts', [], {
    execArgv: ['--expose-gc', '--import', 'tsx'],
  });
  const exit = once(child, 'exit').then(([code]) => {
    throw new Error(`The gateway ended with ${String(code)}.`);
  });
  const message = async <T>() => {
    const [received] = (await Promise.race([once(child, 'message'), exit])) as [T];
    return received;
  };
  const { url } = await message<{ readonly url: string }>();
  const ask = (question: Question) => {
    const answer = message<Held>();
    child.send(question);
    return answer;
  };
  return {
    url,
    ask,
    settled: async (before) => {
      const until = performance.now() + SETTLED_WITHIN_MS;
      for (;;) {
        const held = await ask('collected');
        const isSettled =
          held.heapBytes <= before.heapBytes * TOLERANCE &&
          held.bufferBytes <= before.bufferBytes * TOLERANCE &&
          held.sockets <= before.sockets;
        if (isSettled || performance.now() > until) return held;
      }
    },
    close: async () => {
      child.disconnect();
      await exit.catch(() => undefined);
    },
  };
}
