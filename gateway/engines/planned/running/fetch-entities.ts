import { plannedPath } from '../planning/fetched-fields.ts';
import type { FetchNode, PlanPath, Requirement } from '../planning/plan.ts';
import type { FetchedResponse } from './services.ts';
import type { Failure } from './failures.ts';
import { usedVariables } from './fetch-variables.ts';
import { mergeInto } from './merge.ts';
import type { Path } from '../../../operation/errors-by-path.ts';
import { objectsAt, pathsAt } from './response-paths.ts';
import { representationOf } from './representation.ts';
import { applyRewrites } from './rewrites.ts';
import type { Data, Run } from './run.ts';
import { removeUnselected } from './selected-data.ts';
import { belongsTo } from './type-conditions.ts';

/** Entities with equal representations: many items of a list belong to the same customer. */
interface EqualEntities {
  readonly type: string;
  /** The representation. */
  readonly value: Data;
  readonly entities: Set<Data>;
}

/** Fetches fields of the entities at a path. */
export async function fetchEntities(
  run: Run,
  fetch: FetchNode,
  requires: readonly Requirement[],
  path: PlanPath,
): Promise<void> {
  const distinct = groupEqualEntities(run, fetch, requires, objectsAt(run.data, path));
  if (distinct.size === 0) return;
  const groups = [...distinct.values()];
  const service = run.services.named(fetch.service);
  const place = placeErrors(run, fetch, groups, path);
  try {
    const response = await run.services.fetch({
      ...fetch,
      variables: {
        json: () => variablesFor(run, fetch, distinct.keys()),
        values: () => ({
          ...usedVariables(run, fetch),
          representations: groups.map(({ value }) => value),
        }),
      },
    });
    for (const error of response.errors)
      place(run.failures.reported(error, service), error.path ?? []);
    if (response.data === null) return;
    if (!service.isBuiltIn) removeUnselected(fetch, response.data);
    for (const object of response.unknown ?? []) run.absent.add(object);
    mergeEntities(run, fetch, groups, response);
  } catch (error) {
    place(run.failures.thrown(error, service), []);
  }
}

/** @returns entities with equal representations, by the representation as JSON */
function groupEqualEntities(
  run: Run,
  fetch: FetchNode,
  requires: readonly Requirement[],
  entities: readonly Data[],
): Map<string, EqualEntities> {
  const groups = new Map<string, EqualEntities>();
  for (const entity of entities) {
    const representation = representationOf(run, entity, requires);
    if ('incomplete' in representation) {
      // An entity whose required value is unknown elsewhere is unknown, not failed.
      if (run.absent.has(representation.incomplete)) run.absent.add(entity);
      continue;
    }
    const { value } = representation;
    const { __typename: type } = value;
    if (typeof type !== 'string') continue;
    applyRewrites(run.schema, fetch.inputRewrites, value);
    const key = JSON.stringify(value);
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, {
        type,
        value,
        entities: new Set([entity]),
      });
    else group.entities.add(entity);
  }
  return groups;
}

function variablesFor(run: Run, fetch: FetchNode, representations: Iterable<string>): string {
  const others = JSON.stringify(usedVariables(run, fetch)).slice(1, -1);
  return `{${others}${others === '' ? '' : ','}"representations":[${[...representations].join(',')}]}`;
}

function entitiesOf(
  run: Run,
  { service }: FetchNode,
  { data }: FetchedResponse,
  count: number,
): readonly unknown[] {
  const entities = data?.['_entities'];
  if (!Array.isArray(entities) || entities.length !== count)
    throw run.services.named(service).fail('UPSTREAM_CONTRACT');
  return entities;
}

function mergeEntities(
  run: Run,
  fetch: FetchNode,
  groups: readonly EqualEntities[],
  response: FetchedResponse,
): void {
  const received = entitiesOf(run, fetch, response, groups.length);
  // A null is an unknown entity only if there is no error for it.
  const failed = new Set(response.errors.map(({ path }) => path?.[1]));
  for (const [index, { type, entities }] of groups.entries()) {
    const fetched = received[index];
    if (typeof fetched !== 'object' || fetched === null) {
      if (!failed.has(index) && !failed.has(undefined))
        for (const entity of entities) run.absent.add(entity);
      continue;
    }
    // The cast is safe: an object from JSON.
    const data = fetched as Data;
    const [first] = entities;
    data['__typename'] ??= first?.['__typename'] ?? type;
    applyRewrites(run.schema, fetch.outputRewrites, data);
    mergeInto(run, entities, data);
  }
}

/** @returns a function that adds an error, by its path in the service's response, at every affected entity */
function placeErrors(run: Run, fetch: FetchNode, groups: readonly EqualEntities[], path: PlanPath) {
  let known: Map<Data, Path[]> | undefined;
  const pathsOf = (entity: Data) => (known ??= pathsAt(run.data, path)).get(entity) ?? [];
  const fieldsOf = (type: string): Path[] => {
    const selected = fetch.fields.filter(({ types }) =>
      types.every((one) => belongsTo(run.schema, type, one)),
    );
    return [...new Set(selected.map(({ name }) => name))].map((name) => [name]);
  };
  const placeAt = (failure: Failure, { type, entities }: EqualEntities, below: Path): void => {
    // A failed reference is an error of each field selected on it.
    const fields = below.length > 0 ? [plannedPath(below, fetch)] : fieldsOf(type);
    for (const entity of entities) {
      for (const at of pathsOf(entity))
        for (const field of fields) run.errors.add(failure, [...at, ...field]);
    }
  };
  const placed = new Set<string>();
  return (failure: Failure, [, index, ...below]: Path): void => {
    const group = typeof index === 'number' ? groups[index] : undefined;
    // A client gets one error per code and path.
    const key = JSON.stringify([failure.code, ...(group === undefined ? [] : [index, below])]);
    if (placed.has(key)) return;
    placed.add(key);
    if (group !== undefined) placeAt(failure, group, below);
    else for (const one of groups) placeAt(failure, one, []);
  };
}
