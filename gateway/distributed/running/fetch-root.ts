import type { FetchNode } from '../planning/plan.ts';
import { type Failure, plannedPath, rootFields, thrownFailure, toldFailure } from './fetch-errors.ts';
import { usedVariables } from './fetch-variables.ts';
import { merge } from './merge.ts';
import { objectsAt } from './places.ts';
import { applyRewrites } from './rewrites.ts';
import type { Run } from './run.ts';

/** Fetches fields of a root type. */
export async function fetchRoot(run: Run, fetch: FetchNode, path: readonly string[]): Promise<void> {
  const targets = objectsAt(run.data, path);
  if (targets.length === 0) return;
  const failAll = (failure: Failure) => {
    for (const name of rootFields(fetch)) run.errors.add(failure.at([...path, name]));
  };
  try {
    const { data, errors } = await run.services.ask({ ...fetch, variables: JSON.stringify(usedVariables(run, fetch)) });
    for (const error of errors) {
      if (error.path === undefined || error.path.length === 0) failAll(toldFailure(error));
      else run.errors.add(toldFailure(error).at([...path, ...plannedPath(error.path, fetch)]));
    }
    if (data === null) return;
    applyRewrites(run.schema, fetch.outputRewrites, data);
    for (const target of targets) merge(target, data);
  } catch (error) {
    failAll(thrownFailure(error));
  }
}
