import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { batchAnswer, validationError } from './hubspot-responses.ts';
import { typesBetween } from './hubspot-association-types.ts';
import { readBody } from './hubspot-body.ts';
import { SINGULAR, type ObjectType } from './hubspot-ids.ts';
import type { HubSpotStore } from './hubspot-store.ts';

/** `POST /crm/v4/associations/{from}/{to}/batch/read`; the rest of a record's associations follow page by page. */
export function batchReadAssociations(
  store: HubSpotStore,
  {
    from,
    to,
    pageSize,
  }: { readonly from: ObjectType; readonly to: ObjectType; readonly pageSize: number },
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const body = readBody(BATCH_READ, request);
  if (!body.success) return body.answer;
  if (body.data.inputs.length > BATCH_LIMIT)
    return validationError(`A batch has at most ${String(BATCH_LIMIT)} inputs`);
  const pages = body.data.inputs.map(({ id: requestedId, after }) => {
    // A merged record's are answered under the id of the record that is left.
    const id = store.find(from, requestedId)?.id ?? requestedId;
    const ids = store.associated({ type: from, id }, to);
    const end = after + pageSize;
    return { id, ids: ids.slice(after, end), next: end < ids.length ? String(end) : undefined };
  });
  const results = pages
    .filter(({ ids }) => ids.length > 0)
    .toReversed()
    .map(({ id, ids, next }) => ({
      from: { id },
      to: ids.map((toId) => ({
        toObjectId: Number(toId),
        associationTypes: typesBetween({ type: from, id }, { type: to, id: toId }, store),
      })),
      ...(next === undefined ? {} : { paging: { next: { after: next } } }),
    }));
  const errors = pages
    .filter(({ ids }) => ids.length === 0)
    .map(({ id }) => noAssociations(id, from, to));
  return batchAnswer(200, results, errors);
}

const BATCH_READ = z.object({
  inputs: z.array(
    z.object({ id: z.coerce.string(), after: z.coerce.number().int().min(0).default(0) }),
  ),
});

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
