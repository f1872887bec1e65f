import type { Graph } from '../operation/graph.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { cancellationOf } from '../../request/cancellation.ts';
import { WaitingLine, WaitingLineFull } from '../../upstream/waiting-line.ts';

/**
 * Queues the heavy operations of a graph. Throws WaitingLineFull if too many wait.
 * @param heavy is shared by all graphs of the process
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

/** A page of 100 records with five joined fields each, or two lists of 20: about 40 ms of the thread. */
export const HEAVY_COST = 500;

/** An operation that takes longer waits for vendors, and does not block the thread. */
const MAX_TURN_MS = 250;

/**
 * Runs heavy operations one at a time, so that the process's one thread can run others in between. Clients take turns, as for vendor
 * calls.
 */
export class HeavyOperations {
  readonly #line = new WaitingLine(MAX_WAITING);
  #isTaken = false;

  /** @throws WaitingLineFull before anything is executed */
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

  /** @returns false if the request ended before its turn. Its execution detects that, and makes no calls. */
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
