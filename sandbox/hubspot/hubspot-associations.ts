import { z } from 'zod';
import type { LookAlikeAnswer, LookAlikeRequest } from '../look-alike.ts';
import type { World } from '../world/world.ts';
import { jsonAnswer, validationError } from './hubspot-answers.ts';
import { readBody } from './hubspot-body.ts';
import { recordId, SINGULAR, type ObjectType } from './hubspot-ids.ts';

/** What is associated with what: ids of records by the id of the other end. */
export type Associations = Readonly<Record<ObjectType, Partial<Record<ObjectType, ReadonlyMap<string, readonly string[]>>>>>;

export function buildAssociations({ people, deals }: World): Associations {
  const contactCompany = people.flatMap(({ key, company }) => pair('contacts', key, 'companies', company));
  const dealCompany = deals.flatMap(({ key, company }) => pair('deals', key, 'companies', company));
  const dealContact = deals.flatMap((deal) => deal.people.flatMap((person) => pair('deals', deal.key, 'contacts', person)));
  return {
    contacts: { companies: toMap(contactCompany), deals: toMap(dealContact.map(reverse)) },
    companies: { contacts: toMap(contactCompany.map(reverse)), deals: toMap(dealCompany.map(reverse)) },
    deals: { contacts: toMap(dealContact), companies: toMap(dealCompany) },
  };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/read`; the rest of a record's associations follow page by page. */
export function batchReadAssociations(
  associations: Associations,
  { from, to, pageSize }: { readonly from: ObjectType; readonly to: ObjectType; readonly pageSize: number },
  request: LookAlikeRequest,
): LookAlikeAnswer {
  const body = readBody(BATCH_READ, request);
  if (!body.success) return body.answer;
  if (body.data.inputs.length > BATCH_LIMIT) return validationError(`A batch has at most ${String(BATCH_LIMIT)} inputs`);
  const pages = body.data.inputs.map(({ id, after }) => {
    const ids = associations[from][to]?.get(id) ?? [];
    const end = after + pageSize;
    return { id, ids: ids.slice(after, end), next: end < ids.length ? String(end) : undefined };
  });
  const results = pages
    .filter(({ ids }) => ids.length > 0)
    .toReversed()
    .map(({ id, ids, next }) => ({
      from: { id },
      to: ids.map((toId) => ({ toObjectId: Number(toId), associationTypes: TYPES[`${from}-${to}`] ?? [] })),
      ...(next === undefined ? {} : { paging: { next: { after: next } } }),
    }));
  const errors = pages.filter(({ ids }) => ids.length === 0).map(({ id }) => noAssociations(id, from, to));
  const now = new Date().toISOString();
  const complete = { status: 'COMPLETE', results, startedAt: now, completedAt: now };
  return errors.length === 0 ? jsonAnswer(200, complete) : jsonAnswer(207, { ...complete, numErrors: errors.length, errors });
}

const BATCH_READ = z.object({ inputs: z.array(z.object({ id: z.coerce.string(), after: z.coerce.number().int().min(0).default(0) })) });

/** https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide, "Retrieve associations". */
const BATCH_LIMIT = 1000;

function noAssociations(id: string, from: ObjectType, to: ObjectType) {
  return {
    status: 'error',
    category: 'OBJECT_NOT_FOUND',
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    message: `No ${SINGULAR[to]} is associated with ${SINGULAR[from]} ${id}.`,
    context: { fromObjectId: [id], fromObjectType: [SINGULAR[from]], toObjectType: [SINGULAR[to]] },
  };
}

const type = (typeId: number, label: string | null = null) => ({ category: 'HUBSPOT_DEFINED', typeId, label });

/** https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide, "Association type id values". */
const TYPES: Readonly<Record<string, readonly object[]>> = {
  'contacts-companies': [type(1, 'Primary'), type(279)],
  'companies-contacts': [type(2, 'Primary'), type(280)],
  'deals-contacts': [type(3)],
  'contacts-deals': [type(4)],
  'deals-companies': [type(5, 'Primary'), type(341)],
  'companies-deals': [type(6, 'Primary'), type(342)],
};

type Pair = readonly [string, string];

const pair = (from: ObjectType, fromKey: number, to: ObjectType, toKey: number | null): Pair[] =>
  toKey === null ? [] : [[recordId(from, fromKey), recordId(to, toKey)]];

const reverse = ([from, to]: Pair): Pair => [to, from];

function toMap(pairs: readonly Pair[]): ReadonlyMap<string, readonly string[]> {
  const map = new Map<string, string[]>();
  for (const [from, to] of pairs) map.set(from, [...(map.get(from) ?? []), to]);
  return map;
}
