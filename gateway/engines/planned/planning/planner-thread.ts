import { Worker } from 'node:worker_threads';
import type { Supergraph } from '../../../supergraph/supergraph.ts';
import type { Plan, Planner } from './plan.ts';

/** The thread's response to the request with the same id. */
export type PlannerResponse =
  { readonly id: number; readonly plan: Plan } | { readonly id: number; readonly refused: string };

/**
 * Plans in a worker thread, so that a slow plan does not block the event loop. If the thread exits unexpectedly, the pending plans fail and
 * the next plan starts a new thread.
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
    // Pending plans do not keep the process alive.
    started.unref();
    started.on('message', (response: PlannerResponse) => {
      const pending = waiting.get(response.id);
      waiting.delete(response.id);
      if ('plan' in response) pending?.resolve(response.plan);
      else pending?.reject(new Error(response.refused));
    });
    started.once('error', (error) => {
      failPending(started, error);
    });
    started.once('exit', () => {
      failPending(started, new Error('The planner thread has ended.'));
    });
    return started;
  };
  const failPending = (ended: Worker, cause: Error): void => {
    if (thread !== ended) return;
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
