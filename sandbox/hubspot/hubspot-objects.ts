import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { batchAnswer, jsonAnswer, notFoundPage, validationError } from './hubspot-responses.ts';
import { readBody } from './hubspot-body.ts';
import { typeNamesBetween } from './hubspot-association-types.ts';
import { readObjectType, SINGULAR, type ObjectType } from './hubspot-ids.ts';
import { toAnswer } from './hubspot-record-response.ts';
import type { HubSpotRecord } from './hubspot-records.ts';
import type { End, HubSpotStore } from './hubspot-store.ts';
import { isIdProperty } from './hubspot-unique-properties.ts';

/** `GET /crm/v3/objects/{type}` */
export function listObjects(
  type: ObjectType,
  store: HubSpotStore,
  { query, headers, path }: SandboxVendorRequest,
): SandboxVendorResponse {
  const records = recordsOf(type, store, query);
  const linked = readLinkedTypes(query);
  if (!linked.success) return linked.answer;
  const limit = Number(query.get('limit') ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    return validationError(
      `Invalid limit ${query.get('limit') ?? ''}: it must be between 1 and 100`,
    );
  }
  const after = query.get('after') ?? '0';
  if (!/^\d+$/.test(after)) return validationError(`Invalid paging cursor ${after}`);
  const from = records.findIndex(({ id }) => Number(id) >= Number(after));
  const page = from === -1 ? [] : records.slice(from, from + limit);
  const last = page.at(-1);
  const results = page.map((record) => ({
    ...toAnswer(type, record, propertiesOf(query)),
    ...linksOf({ type, id: record.id }, linked.data, store),
  }));
  if (last === undefined || last === records.at(-1)) return jsonAnswer(200, { results });
  return jsonAnswer(200, {
    results,
    paging: { next: nextPage(last, query, `http://${headers['host'] ?? ''}${path}`) },
  });
}

/** `GET /crm/v3/objects/{type}/{id}` */
export function getObject(
  type: ObjectType,
  store: HubSpotStore,
  id: string,
  { query }: SandboxVendorRequest,
): SandboxVendorResponse {
  const idProperty = query.get('idProperty');
  if (!isIdProperty(type, idProperty))
    return validationError(`Property ${String(idProperty)} is not a unique property`);
  const linked = readLinkedTypes(query);
  if (!linked.success) return linked.answer;
  const record = isForArchived(query)
    ? store.archived(type).find((one) => one.id === id)
    : store.find(type, id, idProperty);
  if (record === undefined) return notFoundPage();
  return jsonAnswer(200, {
    ...toAnswer(type, record, propertiesOf(query)),
    ...linksOf({ type, id: record.id }, linked.data, store),
  });
}

const isForArchived = (query: URLSearchParams) => query.get('archived') === 'true';

/** Those in use, or in their place those in the recycling bin; in order of id. */
const recordsOf = (type: ObjectType, store: HubSpotStore, query: URLSearchParams) =>
  isForArchived(query)
    ? store.archived(type).toSorted((one, other) => Number(one.id) - Number(other.id))
    : store.all(type);

/** The types whose records are to be named beside each record: `associations=companies,deals`. */
function readLinkedTypes(
  query: URLSearchParams,
):
  | { readonly success: true; readonly data: readonly ObjectType[] }
  | { readonly success: false; readonly answer: SandboxVendorResponse } {
  const names = query.getAll('associations').flatMap((text) => text.split(',').filter(Boolean));
  const data: ObjectType[] = [];
  for (const name of names) {
    const type = readObjectType(name);
    if (type === undefined) {
      const answer = validationError(`Unable to infer object type from: ${name}`);
      return { success: false, answer };
    }
    data.push(type);
  }
  return { success: true, data };
}

/** Each linked record once for each type of its link; types without any are left out. */
function linksOf(end: End, types: readonly ObjectType[], store: HubSpotStore): object {
  const associations = types.flatMap((type) => {
    const results = store
      .associated(end, type)
      .flatMap((id) =>
        typeNamesBetween(end, { type, id }, store).map((name) => ({ id, type: name })),
      );
    return results.length === 0 ? [] : [[type, { results }] as const];
  });
  return associations.length === 0 ? {} : { associations: Object.fromEntries(associations) };
}

/** `POST /crm/v3/objects/{type}/batch/read` */
export function batchReadObjects(
  type: ObjectType,
  store: HubSpotStore,
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const body = readBody(BATCH_READ, request);
  if (!body.success) return body.answer;
  const { inputs, properties, idProperty } = body.data;
  if (inputs.length > BATCH_LIMIT) {
    return validationError(
      `The maximum number of inputs supported in a batch request is ${String(BATCH_LIMIT)}, but ${String(inputs.length)} were given`,
    );
  }
  if (!isIdProperty(type, idProperty))
    return validationError(`Property ${String(idProperty)} is not a unique property`);
  const ids = [...new Set(inputs.map(({ id }) => id))];
  const find = (id: string) =>
    isForArchived(request.query)
      ? store.archived(type).find((one) => one.id === id)
      : store.find(type, id, idProperty);
  const found = ids.flatMap((id) => find(id) ?? []);
  const missing = ids.filter((id) => find(id) === undefined);
  // The order of answers is not promised, so it must not be the order of questions.
  const results = [...new Set(found)]
    .toReversed()
    .map((record) => toAnswer(type, record, properties));
  return batchAnswer(200, results, missing.length === 0 ? [] : [missingObjects(type, missing)]);
}

/** https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide: batches are of 100 records at most. */
export const BATCH_LIMIT = 100;

const BATCH_READ = z.object({
  inputs: z.array(z.object({ id: z.coerce.string() })),
  properties: z.array(z.string()).default([]),
  idProperty: z.string().nullish(),
});

export const missingObjects = (type: ObjectType, ids: readonly string[]) => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  message: `Could not get some ${SINGULAR[type].toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`,
  context: { ids },
});

/** Properties may be given together, with commas, or one by one. */
const propertiesOf = (query: URLSearchParams) =>
  query.getAll('properties').flatMap((names) => names.split(',').filter(Boolean));

/** The cursor is the lowest id that the next page may begin with. */
function nextPage(last: HubSpotRecord, query: URLSearchParams, url: string) {
  const after = String(Number(last.id) + 1);
  const link = new URLSearchParams(query);
  link.set('after', after);
  return { after, link: `${url}?${link.toString()}` };
}
