import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { FoundRecords } from '../../../provider.ts';
import { CRM } from '../../../service.ts';
import { explainBatchError } from '../hubspot-refusals.ts';
import type { WireBatchError, WireRecord } from '../hubspot-wire.ts';

/** The response to a batch read. */
interface Batch<Result> {
  readonly results: readonly Result[];
  readonly errors?: readonly WireBatchError[] | undefined;
}

/** This property contains the former ids of a merged record: `101;102`. https://knowledge.hubspot.com/records/merge-records */
export const MERGED_IDS = 'hs_merged_object_ids';

/** All ids of a record, its own first. */
export const idsOfRecord = ({ id, properties }: WireRecord): readonly string[] => [
  id,
  ...(properties[MERGED_IDS]?.split(';').map((merged) => merged.trim()) ?? []),
];

/**
 * Reads records in the order of the ids. HubSpot returns a merged record under the id of the remaining record, so a result is matched by
 * all its ids. If results and ids remain unmatched, each of these ids is read by itself.
 * @param idsOf the ids of a result, its own first
 */
export async function readByIds<Result>(
  ids: readonly string[],
  read: (ids: readonly string[]) => Promise<Batch<Result>>,
  idsOf: (result: Result) => readonly string[],
): Promise<FoundRecords<Result>> {
  const { results, errors } = await read(ids);
  const byId = new Map<string, Result>();
  for (const record of results) for (const id of idsOf(record).slice(1)) byId.set(id, record);
  for (const record of results) byId.set(idsOf(record)[0] ?? '', record);
  // The single result of a batch of one id belongs to that id.
  const [only, ...others] = ids;
  if (only !== undefined && others.length === 0 && results[0] !== undefined)
    return [byId.get(only) ?? results[0]];
  const found = place(ids, byId, errors);
  const matched = new Set(found);
  if (results.every((record) => matched.has(record))) return found;
  return Promise.all(
    found.map(async (record, index) => {
      const id = ids[index];
      if (record !== null || id === undefined) return record;
      return readByIds([id], read, idsOf).then(([one]) => one ?? null, asError);
    }),
  );
}

/** The error of one part of a read; the other parts succeed. */
export const asError = (error: unknown): Error =>
  error instanceof Error ? error : new UpstreamError('UPSTREAM_UNAVAILABLE', CRM, { cause: error });

/** Values in the order of the keys; an error of a batch fails only the keys that it names, or else the remaining ones. */
export function place<Value>(
  keys: readonly string[],
  values: ReadonlyMap<string, Value>,
  errors: readonly WireBatchError[] = [],
): FoundRecords<Value> {
  const failures = new Map<string, Error>();
  let rest: Error | undefined;
  for (const error of errors) {
    const failure = explainBatchError(error);
    if (failure === undefined) continue;
    const named = Object.values(error.context ?? {}).flat();
    if (named.length === 0) rest = failure;
    for (const key of named) failures.set(key, failure);
  }
  return keys.map((key) => values.get(key) ?? failures.get(key) ?? rest ?? null);
}
