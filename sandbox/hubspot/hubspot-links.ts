import { z } from 'zod';
import type { SandboxVendorResponse } from '../sandbox-vendor.ts';
import { errorAnswer } from './hubspot-responses.ts';
import {
  findAssociationType,
  inverseOf,
  PRIMARY_COMPANY,
  type AssociationType,
  type NamedType,
} from './hubspot-association-types.ts';
import { SINGULAR, type ObjectType } from './hubspot-ids.ts';
import type { End, HubSpotStore } from './hubspot-store.ts';

/** What a record is to be associated with. */
export interface Link {
  readonly to: End;
  readonly type: AssociationType;
}

export const isPrimary = ({ type }: Link) =>
  type.category === 'HUBSPOT_DEFINED' && type.label === 'Primary';

export const ASSOCIATION_TYPES = z
  .array(
    z.object({
      associationCategory: z.enum(['HUBSPOT_DEFINED', 'USER_DEFINED']),
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

type Read<Data> =
  | { readonly success: true; readonly data: Data }
  | { readonly success: false; readonly answer: SandboxVendorResponse };

/** The links, or the answer to those that cannot be: of a type that is not one of the record's, or to a record that does not exist. */
export function readLinks(
  from: ObjectType,
  associations: z.output<typeof ASSOCIATIONS>,
  store: HubSpotStore,
): Read<readonly Link[]> {
  const data: Link[] = [];
  for (const { to, types } of associations) {
    const known = readTypes(from, types);
    if (!known.success) return known;
    for (const type of known.data) {
      const record = store.find(type.to, to.id);
      if (record === undefined) return { success: false, answer: wrongRecord(type.to, to.id) };
      data.push({ to: { type: type.to, id: record.id }, type });
    }
  }
  return { success: true, data };
}

/** The types, or the answer to one that the record cannot have. */
export function readTypes(
  from: ObjectType,
  named: readonly NamedType[],
): Read<readonly AssociationType[]> {
  const data: AssociationType[] = [];
  for (const name of named) {
    const type = findAssociationType(from, name);
    if (type === undefined)
      return { success: false, answer: wrongType(from, name.associationTypeId) };
    data.push(type);
  }
  return { success: true, data };
}

/** Associates two records, and makes the one to the other what the link says. */
export function makeLink(store: HubSpotStore, end: End, link: Link): void {
  store.associate(end, link.to);
  if (isPrimary(link)) setPrimaryCompany(store, end, link.to);
  const inverse = inverseOf(link.type);
  if (inverse !== undefined) store.addLabels(end, link.to, link.type.id, inverse.id);
}

/** Of a contact or a deal and a company, in whichever order. */
export function setPrimaryCompany(store: HubSpotStore, end: End, other: End | null): void {
  const [{ type, id }, company] =
    end.type === 'companies' && other !== null ? [other, end] : [end, other];
  const [record, property] = [store.find(type, id), PRIMARY_COMPANY[type]];
  if (record === undefined || property === undefined) return;
  const properties = { ...record.properties, [property]: company?.id ?? null };
  store.put(type, { ...record, properties });
}

/** Of all contacts and deals whose primary company is one of some that are gone. */
export function replacePrimaryCompany(
  store: HubSpotStore,
  ids: readonly string[],
  companyId: string | null,
): void {
  for (const type of ['contacts', 'deals'] as const) {
    const property = PRIMARY_COMPANY[type] ?? '';
    for (const record of store.all(type)) {
      if (!ids.includes(record.properties[property] ?? '')) continue;
      store.put(type, { ...record, properties: { ...record.properties, [property]: companyId } });
    }
  }
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
export const notValid = (type: ObjectType, id: string) =>
  `${SINGULAR[type].toUpperCase()}=${id} is not valid`;

function wrongRecord(type: ObjectType, id: string): SandboxVendorResponse {
  return errorAnswer(400, 'One or more associations are invalid', 'VALIDATION_ERROR', {
    errors: [
      {
        message: notValid(type, id),
        code: 'INVALID_OBJECT_ID',
        context: { [SINGULAR[type].toUpperCase()]: [id] },
      },
    ],
  });
}
