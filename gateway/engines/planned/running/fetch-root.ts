import { plannedPath } from '../planning/fetched-fields.ts';
import type { FetchNode, PlanPath } from '../planning/plan.ts';
import { changeWithoutService } from './change-without-service.ts';
import type { Failure } from './failures.ts';
import { usedVariables } from './fetch-variables.ts';
import { mergeInto } from './merge.ts';
import type { Path } from '../../../operation/errors-by-path.ts';
import { objectsAt, pathsAt } from './response-paths.ts';
import { applyRewrites } from './rewrites.ts';
import type { Run } from './run.ts';
import { removeUnselected } from './selected-data.ts';

/** Fetches fields of a root type. */
export async function fetchRoot(run: Run, fetch: FetchNode, path: PlanPath): Promise<void> {
  const targets = objectsAt(run.data, path);
  if (targets.length === 0) return;
  const service = run.services.named(fetch.service);
  const placed = new Set<string>();
  const place = (failure: Failure, below: Path) => {
    // A client gets one error per code and path.
    const key = JSON.stringify([failure.code, below]);
    if (placed.has(key)) return;
    placed.add(key);
    const paths =
      below.length > 0 ? [plannedPath(below, fetch)] : fetch.fields.map(({ name }) => [name]);
    for (const at of [...pathsAt(run.data, path).values()].flat())
      for (const one of paths) run.errors.add(failure, [...at, ...one]);
  };
  try {
    const {
      data,
      errors,
      unknown = [],
    } = await run.services.fetch({
      ...fetch,
      variables: {
        json: () => JSON.stringify(usedVariables(run, fetch)),
        values: () => usedVariables(run, fetch),
      },
    });
    for (const error of errors) place(run.failures.reported(error, service), error.path ?? []);
    if (data === null) return;
    if (!service.isBuiltIn) removeUnselected(fetch, data);
    for (const object of unknown) run.absent.add(object);
    applyRewrites(run.schema, fetch.outputRewrites, data);
    mergeInto(run, targets, data);
  } catch (error) {
    const failure = run.failures.thrown(error, service);
    const known = changeWithoutService(run, fetch, failure);
    if (known === undefined) place(failure, []);
    else mergeInto(run, targets, known);
  }
}
