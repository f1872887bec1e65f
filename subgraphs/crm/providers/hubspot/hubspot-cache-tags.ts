import type { WrittenChange } from '../../../../events/cache-invalidation.ts';
import { ANY_FIELD, type TaggedRecord } from '../../../../request/cache-tags.ts';
import { listAt, propertyOf, TagCollector } from '../../../../upstream/tag-collector.ts';
import type { ResponseTags } from '../../../../upstream/upstream-policy.ts';
import type { AnyRequest } from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import { areaOfPath } from './hubspot-api-version.ts';
import type { StandardType } from './hubspot-endpoints.ts';
import { explainBatchError } from './hubspot-refusals.ts';
import { wireLinkBatch } from './hubspot-wire.ts';

/** The graph's names of the types that have events: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide */
const TYPES: Readonly<Record<StandardType, string>> = {
  contacts: 'Customer',
  companies: 'Company',
  deals: 'Deal',
};

const typeOf = (name: string | undefined): string | undefined =>
  name !== undefined && Object.hasOwn(TYPES, name)
    ? // The cast is safe: it is one of the keys.
      TYPES[name as StandardType]
    : undefined;

/** The records that the response to a read depends on. Owners, pipelines and properties have no events. */
export function tagsOf({ method, path, json }: AnyRequest): ResponseTags | undefined {
  const [area, first, second, ...rest] = areaOfPath(path);
  const type = typeOf(first);
  if (type === undefined) return undefined;
  if (area === 'associations') {
    const to = typeOf(second);
    return to === undefined ? undefined : tagsOfLinks(json, type, to);
  }
  if (area !== 'objects') return undefined;
  if (method === 'GET' && second === undefined)
    return { types: [type], read: (body) => tagsOfRecords(type, [], body, {}) };
  if (second === 'search')
    return {
      types: [type],
      lagMs: SEARCH_LAG_MS,
      read: () => ({ records: [], lists: [searchOf(type)] }),
    };
  return second === 'batch' && rest[0] === 'read' ? tagsOfBatch(json, type) : undefined;
}

/** A search may find records only after some seconds: https://developers.hubspot.com/docs/api-reference/search/guide#limitations */
const searchOf = (type: string) => ({ type, dependsOn: [ANY_FIELD], lagMs: SEARCH_LAG_MS });
export const SEARCH_LAG_MS = 10_000;

function tagsOfBatch(json: unknown, type: string): ResponseTags {
  const idProperty = propertyOf(json, 'idProperty');
  if (idProperty === undefined) {
    const requestedIds = listAt(json, 'inputs').map((input) => propertyOf(input, 'id'));
    return { types: [type], read: (body) => tagsOfRecords(type, requestedIds, body) };
  }
  const dependsOn = idProperty === 'email' ? EMAILS : [ANY_FIELD];
  return { types: [type], read: (body) => tagsOfRecords(type, [], body, { dependsOn }) };
}

/** A search also finds a contact by its additional addresses. */
const EMAILS = ['email', 'emails', 'hs_additional_emails'];

function tagsOfRecords(
  type: string,
  requestedIds: readonly unknown[],
  body: unknown,
  list?: { readonly dependsOn?: readonly string[] },
) {
  const collector = new TagCollector();
  for (const id of requestedIds) collector.record(type, id);
  for (const result of listAt(body, 'results')) collector.record(type, propertyOf(result, 'id'));
  if (list !== undefined) collector.list({ type, ...list });
  return collector.tags;
}

/** A change of a link affects both ends. */
function tagsOfLinks(json: unknown, from: string, to: string): ResponseTags {
  const read = (body: unknown) => {
    const collector = new TagCollector();
    const parents: TaggedRecord[] = [];
    for (const input of listAt(json, 'inputs')) {
      const id = String(propertyOf(input, 'id'));
      collector.record(from, id);
      parents.push({ type: from, id });
    }
    for (const result of listAt(body, 'results'))
      for (const link of listAt(result, 'to')) collector.record(to, propertyOf(link, 'toObjectId'));
    collector.list({ type: to, of: parents });
    return collector.tags;
  };
  return { types: [from, to], read };
}

/** Whether a 207 is complete: HubSpot sends it for a batch with records that do not exist, or have no links. */
export const isComplete = ({ status, body }: UpstreamResponse): boolean => {
  if (status !== 207) return false;
  const { data } = wireLinkBatch.pick({ errors: true }).safeParse(body);
  return data?.errors?.every((error) => explainBatchError(error) === undefined) === true;
};

/** The records that a write changes. Workflows and calculated properties may change others, which events report. */
export const changesOf = (
  request: AnyRequest,
  body: unknown,
): readonly WrittenChange[] | undefined =>
  writtenRecords(request, body)?.map((record) => ({ ...record, searchLagMs: SEARCH_LAG_MS }));

function writtenRecords(
  { method, path, params, json }: AnyRequest,
  body: unknown,
): readonly WrittenChange[] | undefined {
  const [area, first, second] = areaOfPath(path);
  const type = typeOf(first);
  if (type === undefined) return undefined;
  if (area === 'associations') {
    const to = typeOf(second);
    return to === undefined ? undefined : changesOfLinks(json, type, to);
  }
  if (area !== 'objects') return undefined;
  if (method === 'PATCH' && params?.['id'] !== undefined)
    return [{ type, id: params['id'], kind: 'UPDATED', related: [], changed: fieldsOf(json) }];
  if (method !== 'POST' || second !== undefined) return undefined;
  // Ids of different types may be equal: only the number of the association type identifies the other end's type.
  const ends = listAt(json, 'associations').flatMap((association) =>
    Object.values(TYPES).map((other) => ({
      type: other,
      id: textOf(propertyOf(propertyOf(association, 'to'), 'id')),
    })),
  );
  return [
    {
      type,
      id: textOf(propertyOf(body, 'id')),
      kind: 'CREATED',
      related: ends,
      changed: [ANY_FIELD],
    },
    ...ends.map(updated),
  ];
}

const fieldsOf = (json: unknown) => Object.keys(propertyOf(json, 'properties') ?? {});

const updated = (record: TaggedRecord): WrittenChange => ({
  ...record,
  kind: 'UPDATED',
  related: [],
  changed: [],
});

function changesOfLinks(json: unknown, from: string, to: string): readonly WrittenChange[] {
  return listAt(json, 'inputs').flatMap((input) => {
    const other = propertyOf(input, 'to');
    const ends = Array.isArray(other) ? (other as readonly unknown[]) : [other];
    return [
      updated({ type: from, id: textOf(propertyOf(propertyOf(input, 'from'), 'id')) }),
      ...ends.map((end) => updated({ type: to, id: textOf(propertyOf(end, 'id')) })),
    ];
  });
}

const textOf = (id: unknown) => (typeof id === 'string' ? id : '');
