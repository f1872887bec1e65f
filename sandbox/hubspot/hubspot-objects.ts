import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { jsonAnswer, notFoundPage, validationError } from './hubspot-answers.ts';
import { readBody } from './hubspot-body.ts';
import { SINGULAR, type ObjectType } from './hubspot-ids.ts';
import { toAnswer } from './hubspot-record-answer.ts';
import type { HubSpotRecord } from './hubspot-records.ts';
import type { HubSpotStore } from './hubspot-store.ts';
import { isIdProperty } from './hubspot-unique-properties.ts';

/** `GET /crm/v3/objects/{type}` */
export function listObjects(
  type: ObjectType,
  records: readonly HubSpotRecord[],
  { query, headers, path }: SandboxVendorRequest,
): SandboxVendorResponse {
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
  const results = page.map((record) => toAnswer(type, record, propertiesOf(query)));
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
  const record = store.find(type, id, idProperty);
  return record ? jsonAnswer(200, toAnswer(type, record, propertiesOf(query))) : notFoundPage();
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
  const found = ids.flatMap((id) => store.find(type, id, idProperty) ?? []);
  const missing = ids.filter((id) => store.find(type, id, idProperty) === undefined);
  // The order of answers is not promised, so it must not be the order of questions.
  const results = [...new Set(found)]
    .toReversed()
    .map((record) => toAnswer(type, record, properties));
  const now = new Date().toISOString();
  const complete = { status: 'COMPLETE', results, startedAt: now, completedAt: now };
  return missing.length === 0
    ? jsonAnswer(200, complete)
    : jsonAnswer(207, { ...complete, ...missingObjects(type, missing) });
}

/** https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide: batches are of 100 records at most. */
const BATCH_LIMIT = 100;

const BATCH_READ = z.object({
  inputs: z.array(z.object({ id: z.coerce.string() })),
  properties: z.array(z.string()).default([]),
  idProperty: z.string().nullish(),
});

const missingObjects = (type: ObjectType, ids: readonly string[]) => ({
  numErrors: 1,
  errors: [
    {
      status: 'error',
      category: 'OBJECT_NOT_FOUND',
      message: `Could not get some ${SINGULAR[type].toUpperCase()} objects, they may be deleted or not exist. Check that ids are valid.`,
      context: { ids },
    },
  ],
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
