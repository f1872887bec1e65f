import { Worker } from 'node:worker_threads';
import type { Supergraph } from '../../../supergraph/supergraph.ts';
import type { Plan, Planner } from './plan.ts';

/** What the thread answers to a question of the same number. */
export type PlannerResponse =
  { readonly id: number; readonly plan: Plan } | { readonly id: number; readonly refused: string };

/**
 * Plans in a thread of its own, so that a plan that takes long holds up nobody else. A thread that ends before it is told
 * to takes down the plans it was asked for; the next plan starts another.
 */
export function planInThread(program: URL, supergraph: Supergraph): Planner {
  const waiting = new Map<
    number,
    { resolve: (plan: Plan) => void; reject: (error: Error) => void }
  >();
  let lastId = 0;
  let thread: Worker | undefined;

  const start = (): Worker => {
    const started = new Worker(program, { workerData: { supergraphSdl: supergraph.sdl } });
    // A process that ends does not wait for plans.
    started.unref();
    started.on('message', (answer: PlannerResponse) => {
      const asked = waiting.get(answer.id);
      waiting.delete(answer.id);
      if ('plan' in answer) asked?.resolve(answer.plan);
      else asked?.reject(new Error(answer.refused));
    });
    started.once('error', (error) => {
      lose(started, error);
    });
    started.once('exit', () => {
      lose(started, new Error('The planner thread has ended.'));
    });
    return started;
  };
  const lose = (lost: Worker, cause: Error): void => {
    if (thread !== lost) return;
    thread = undefined;
    for (const { reject } of waiting.values()) reject(cause);
    waiting.clear();
  };

  thread = start();
  return {
    plan: (operation) =>
      new Promise((resolve, reject) => {
        lastId += 1;
        waiting.set(lastId, { resolve, reject });
        thread ??= start();
        thread.postMessage({ id: lastId, operation });
      }),
    close: async () => {
      await thread?.terminate();
    },
  };
}
