import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { batchAnswer } from './hubspot-responses.ts';
import { inverseOf, isPrimaryOf, type AssociationType } from './hubspot-association-types.ts';
import { readBody } from './hubspot-body.ts';
import { TYPE_IDS, type ObjectType } from './hubspot-ids.ts';
import {
  ASSOCIATION_TYPES,
  isPrimary,
  makeLink,
  notValid,
  readTypes,
  setPrimaryCompany,
} from './hubspot-links.ts';
import type { End, HubSpotStore } from './hubspot-store.ts';

interface EndTypes {
  readonly from: ObjectType;
  readonly to: ObjectType;
}

/** `POST /crm/v4/associations/{from}/{to}/batch/create`. A pair that cannot be takes no other one along, and is an error of a 207. */
export function createAssociations(
  store: HubSpotStore,
  types: EndTypes,
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const body = readBody(CREATE, request);
  if (!body.success) return body.answer;
  const pairs: (readonly [End, End, readonly AssociationType[]])[] = [];
  const errors: object[] = [];
  for (const input of body.data.inputs) {
    const known = readTypes(types.from, input.types);
    if (!known.success) return known.answer;
    const [from, to] = endsOf(store, types, input.from.id, input.to.id);
    if (from !== undefined && to !== undefined) pairs.push([from, to, known.data]);
    else
      errors.push({
        status: 'error',
        category: 'VALIDATION_ERROR',
        message:
          from === undefined
            ? notValid(types.from, input.from.id)
            : notValid(types.to, input.to.id),
      });
  }
  for (const [from, to, named] of pairs)
    for (const type of named) makeLink(store, from, { to, type });
  const answer = batchAnswer(201, pairs.map(toResult), errors);
  return pairs.length === 0
    ? answer
    : { ...answer, wrote: '/associations/{from}/{to}/batch/create' };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/archive`: ends all that is between two records. */
export function archiveAssociations(
  store: HubSpotStore,
  types: EndTypes,
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const body = readBody(ARCHIVE, request);
  if (!body.success) return body.answer;
  for (const input of body.data.inputs)
    for (const { id } of input.to) unlink(store, types, input.from.id, id);
  return { status: 204, wrote: '/associations/{from}/{to}/batch/archive' };
}

/** `POST /crm/v4/associations/{from}/{to}/batch/labels/archive`: ends some of what is between two records, and with the unlabeled type all of it. */
export function archiveLabels(
  store: HubSpotStore,
  types: EndTypes,
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const body = readBody(CREATE, request);
  if (!body.success) return body.answer;
  for (const input of body.data.inputs) {
    const known = readTypes(types.from, input.types);
    if (!known.success) return known.answer;
    const [from, to] = endsOf(store, types, input.from.id, input.to.id);
    if (from === undefined || to === undefined) continue;
    for (const type of known.data) {
      const inverse = inverseOf(type);
      if (type.label === null) unlink(store, types, from.id, to.id);
      else if (inverse !== undefined) store.removeLabels(from, to, type.id, inverse.id);
      else if (isPrimary({ to, type })) endPrimary(store, from, to);
    }
  }
  return { status: 204, wrote: '/associations/{from}/{to}/batch/labels/archive' };
}

const endsOf = (
  store: HubSpotStore,
  types: EndTypes,
  fromId: string,
  toId: string,
): readonly [End | undefined, End | undefined] => {
  const [from, to] = [store.find(types.from, fromId), store.find(types.to, toId)];
  return [from && { type: types.from, id: from.id }, to && { type: types.to, id: to.id }];
};

function unlink(store: HubSpotStore, types: EndTypes, fromId: string, toId: string): void {
  const [from, to] = endsOf(store, types, fromId, toId);
  if (from === undefined || to === undefined) return;
  endPrimary(store, from, to);
  store.dissociate(from, to);
}

function endPrimary(store: HubSpotStore, from: End, to: End): void {
  if (isPrimaryOf(from, to, store)) setPrimaryCompany(store, from, null);
  if (isPrimaryOf(to, from, store)) setPrimaryCompany(store, to, null);
}

const toResult = ([from, to, types]: readonly [End, End, readonly AssociationType[]]) => ({
  fromObjectTypeId: TYPE_IDS[from.type],
  fromObjectId: Number(from.id),
  toObjectTypeId: TYPE_IDS[to.type],
  toObjectId: Number(to.id),
  labels: types.flatMap(({ label }) => label ?? []),
});

const END = z.object({ id: z.coerce.string() });

const CREATE = z.object({
  inputs: z.array(z.object({ from: END, to: END, types: ASSOCIATION_TYPES })),
});

const ARCHIVE = z.object({ inputs: z.array(z.object({ from: END, to: z.array(END) })) });
