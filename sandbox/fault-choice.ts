import { readFault, type Fault, type FaultKind } from './faults.ts';
import { createRandom } from './world/random.ts';

/** Which requests a fault happens to: the same ones each time. */
export interface FaultChoice {
  /** What goes wrong from now on; setting it starts its count anew. */
  fault: Fault | null;
  /** What happens to the next request; null for nothing. */
  next(isWrite: boolean): FaultKind | null;
}

export function createFaultChoice(initial: Fault | null): FaultChoice {
  const random = createRandom(2718);
  let fault = initial;
  let happened = 0;
  return {
    get fault() {
      return fault;
    },
    set fault(next) {
      fault = next;
      happened = 0;
    },
    next(isWrite) {
      if (fault === null) return null;
      const { kind, probability, times, writesOnly } = readFault(fault);
      if ((writesOnly && !isWrite) || happened >= times || !random.chance(probability)) return null;
      happened += 1;
      return kind;
    },
  };
}
