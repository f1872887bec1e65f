import { z } from 'zod';
import type { SandboxVendorResponse } from '../sandbox-vendor.ts';
import { errorAnswer } from './hubspot-answers.ts';
import { findAssociationType } from './hubspot-association-types.ts';
import { SINGULAR, type ObjectType } from './hubspot-ids.ts';
import type { End, HubSpotStore } from './hubspot-store.ts';

/** What a new record is to be associated with. */
export interface Link {
  readonly to: End;
  readonly isPrimary: boolean;
}

export const ASSOCIATION_TYPES = z
  .array(
    z.object({
      associationCategory: z.literal('HUBSPOT_DEFINED'),
      associationTypeId: z.number().int(),
    }),
  )
  .min(1);

/** The associations in the body of a create: https://developers.hubspot.com/docs/api-reference/crm-deals-v3/guide, "Associations". */
export const ASSOCIATIONS = z
  .array(
    z.object({
      to: z.object({ id: z.coerce.string() }),
      types: ASSOCIATION_TYPES,
    }),
  )
  .default([]);

/** The links, or the answer to those that cannot be: of a type that is not one of the record's, or to a record that does not exist. */
export function readLinks(
  from: ObjectType,
  associations: z.output<typeof ASSOCIATIONS>,
  store: HubSpotStore,
):
  | { readonly success: true; readonly data: readonly Link[] }
  | { readonly success: false; readonly answer: SandboxVendorResponse } {
  const data: Link[] = [];
  for (const { to, types } of associations) {
    for (const { associationTypeId } of types) {
      const type = findAssociationType(from, associationTypeId);
      if (type === undefined) return { success: false, answer: wrongType(from, associationTypeId) };
      if (store.find(type.to, to.id) === undefined)
        return { success: false, answer: wrongRecord(type.to, to.id) };
      data.push({ to: { type: type.to, id: to.id }, isPrimary: type.label === 'Primary' });
    }
  }
  return { success: true, data };
}

function wrongType(from: ObjectType, typeId: number): SandboxVendorResponse {
  return errorAnswer(
    400,
    `0-${String(typeId)} is not a valid association type of ${SINGULAR[from].toUpperCase()}`,
    'VALIDATION_ERROR',
    {
      subCategory: 'crm.associations.INVALID_ASSOCIATION_TYPE',
      context: { type: [`0-${String(typeId)}`], fromObjectType: [SINGULAR[from]] },
    },
  );
}

/** Seen as `CONTACT=1 is not valid`, in answers of an older version too. */
function wrongRecord(type: ObjectType, id: string): SandboxVendorResponse {
  const name = SINGULAR[type].toUpperCase();
  return errorAnswer(400, 'One or more associations are invalid', 'VALIDATION_ERROR', {
    errors: [
      {
        message: `${name}=${id} is not valid`,
        code: 'INVALID_OBJECT_ID',
        context: { [name]: [id] },
      },
    ],
  });
}
