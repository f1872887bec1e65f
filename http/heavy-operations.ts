import type { GatewayExecutor, GatewayInterface } from '@apollo/server-gateway-interface';
import type { RequestScope } from '../upstream/call-trace.ts';
import { Turns } from '../upstream/turns.ts';
import type { ServedContext } from './served-context.ts';

/** A graph whose heavy operations take turns. @param heavy is one for all graphs of the process. */
export function takeTurns(graph: GatewayInterface, heavy: HeavyOperations): GatewayInterface {
  return {
    onSchemaLoadOrUpdate: (callback) => graph.onSchemaLoadOrUpdate(callback),
    load: async (options) => {
      const { executor } = await graph.load(options);
      return { executor: executor && inTurns(executor, heavy) };
    },
    stop: () => graph.stop(),
  };
}

const inTurns =
  (executor: GatewayExecutor, heavy: HeavyOperations): GatewayExecutor =>
  (request) => {
    const { record, scope } = request.context as unknown as ServedContext;
    const isHeavy = record.cost !== undefined && record.cost.estimated > HEAVY_COST;
    return isHeavy ? heavy.run(scope, () => executor(request)) : executor(request);
  };

/** A page of a hundred with five things joined to each, or two screens' lists of twenty: some 40 ms of the thread. */
export const HEAVY_COST = 500;

/** What takes longer waits for vendors, and keeps the thread from nobody. */
const LONGEST_TURN_MS = 250;

/**
 * Heavy operations wait for one another, so that the process's one thread has time for all others in between. Callers take turns, as they do
 * for calls to vendors.
 */
export class HeavyOperations {
  readonly #waiting = new Turns<() => void>();
  #isTaken = false;

  async run<Answer>(scope: RequestScope, execute: () => Promise<Answer>): Promise<Answer> {
    if (this.#isTaken && !(await this.#turn(scope))) return execute();
    this.#isTaken = true;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      this.#goOn();
    };
    const timer = setTimeout(end, LONGEST_TURN_MS);
    try {
      return await execute();
    } finally {
      clearTimeout(timer);
      end();
    }
  }

  /** @returns false where the request is over before its turn comes: its execution finds out by itself, and calls nobody. */
  #turn(scope: RequestScope): Promise<boolean> {
    return new Promise((resolve) => {
      const take = () => {
        scope.signal.removeEventListener('abort', leave);
        resolve(true);
      };
      const leave = () => {
        this.#waiting.delete(scope, take);
        resolve(false);
      };
      scope.signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(scope, take);
    });
  }

  #goOn(): void {
    const next = this.#waiting.take();
    if (next === undefined) this.#isTaken = false;
    else next();
  }
}
