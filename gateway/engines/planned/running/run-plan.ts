import type { FetchNode, PlanNode, PlanPath } from '../planning/plan.ts';
import { fetchEntities } from './fetch-entities.ts';
import { fetchRoot } from './fetch-root.ts';
import type { Run } from './run.ts';

/** Executes a plan. Failures become errors at their paths; it never throws. */
export async function runPlan(run: Run, node: PlanNode, path: PlanPath = []): Promise<void> {
  switch (node.kind) {
    case 'Sequence':
      for (const child of node.nodes) await runPlan(run, child, path);
      return;
    case 'Parallel':
      await Promise.all(node.nodes.map((child) => runPlan(run, child, path)));
      return;
    case 'Flatten':
      return runPlan(run, node.node, [...path, ...node.path]);
    case 'Fetch':
      return runFetch(run, node, path);
  }
}

const runFetch = (run: Run, fetch: FetchNode, path: PlanPath) =>
  fetch.requires === undefined
    ? fetchRoot(run, fetch, path)
    : fetchEntities(run, fetch, fetch.requires, path);
