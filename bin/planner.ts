import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { Supergraph } from '../gateway/supergraph/supergraph.ts';
import { createPlanner } from '../gateway/engines/planned/planning/planner.ts';
import type { PlannerResponse } from '../gateway/engines/planned/planning/planner-thread.ts';

/** The supergraph of this worker thread, which plans its operations. */
const { supergraphSdl } = z.object({ supergraphSdl: z.string() }).parse(workerData);
const requestSchema = z.object({ id: z.int(), operation: z.string() });

const plan = createPlanner(new Supergraph(supergraphSdl));
parentPort?.on('message', (message) => {
  const { id, operation } = requestSchema.parse(message);
  parentPort?.postMessage(planOperation(id, operation));
});

function planOperation(id: number, operation: string): PlannerResponse {
  try {
    return { id, plan: plan(operation) };
  } catch (error) {
    return { id, refused: error instanceof Error ? error.message : String(error) };
  }
}
