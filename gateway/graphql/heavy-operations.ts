import type { Graph } from '../operation/graph.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { cancellationOf } from '../../request/cancellation.ts';
import { WaitingLine, WaitingLineFull } from '../../upstream/waiting-line.ts';

/**
 * A graph whose heavy operations take turns; it throws WaitingLineFull where too many wait.
 * @param heavy is one for all graphs of the process.
 */
export function queueHeavyOperations(graph: Graph, heavy: HeavyOperations): Graph {
  return {
    ...graph,
    execute: (operation, request) => {
      const isHeavy = request.cost !== undefined && request.cost > HEAVY_COST;
      if (!isHeavy) return graph.execute(operation, request);
      return heavy.run(request.scope, () => graph.execute(operation, request));
    },
  };
}

/** A page of a hundred with five things joined to each, or two screens' lists of twenty: some 40 ms of the thread. */
export const HEAVY_COST = 500;

/** What takes longer waits for vendors, and keeps the thread from nobody. */
const MAX_TURN_MS = 250;

/**
 * Heavy operations wait for one another, so that the process's one thread has time for all others in between. Clients take turns, as they do
 * for calls to vendors.
 */
export class HeavyOperations {
  readonly #line = new WaitingLine(MAX_WAITING);
  #isTaken = false;

  /** @throws WaitingLineFull; nothing has been executed then */
  async run<Result>(scope: RequestScope, execute: () => Promise<Result>): Promise<Result> {
    if (this.#isTaken && !(await this.#enter(scope))) return execute();
    this.#isTaken = true;
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      this.#isTaken = this.#line.admit();
    };
    const timer = setTimeout(end, MAX_TURN_MS);
    try {
      return await execute();
    } finally {
      clearTimeout(timer);
      end();
    }
  }

  /** @returns false where the request is over before its turn comes: its execution notices that by itself, and makes no calls. */
  async #enter(scope: RequestScope): Promise<boolean> {
    try {
      await this.#line.wait(scope, cancellationOf(scope.signal));
      return true;
    } catch (error) {
      if (error instanceof WaitingLineFull) throw error;
      return false;
    }
  }
}

/** Requests. */
const MAX_WAITING = 500;
