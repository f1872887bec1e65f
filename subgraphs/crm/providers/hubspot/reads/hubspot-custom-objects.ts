import type { ExtensibleFilter } from '../../../../extensions/custom-fields.ts';
import type {
  CustomObject,
  CustomObjectType,
  ObjectTypeDefinition,
} from '../../../../extensions/custom-objects.ts';
import { KINDS } from '../../../domain.ts';
import type { Link } from '../../../provider.ts';
import type { ObjectType, StandardType } from '../hubspot-endpoints.ts';
import { withCustomFields } from '../hubspot-custom-fields.ts';
import type { WireSchema } from '../hubspot-wire.ts';
import type { RecordType } from './hubspot-records.ts';

/** How custom records are requested and read: all their values are custom fields. */
export const customRecordType = ({
  vendorType,
  fields,
}: CustomObjectType): RecordType<CustomObject, ExtensibleFilter> =>
  withCustomFields(fields, {
    type: toObjectType({ vendorType }),
    properties: {},
    toItem: ({ id, createdAt, updatedAt }): CustomObject => ({ id, createdAt, updatedAt }),
    toFilters: () => [],
    sortProperties: {},
  });

/** @throws TypeError for an invalid type; the file that names it has been validated */
export function toObjectType(
  end: Exclude<Link['from'], object> | Pick<CustomObjectType, 'vendorType'>,
): ObjectType {
  if (typeof end === 'string') return OBJECT_TYPES[end];
  if (isCustom(end.vendorType)) return end.vendorType;
  throw new TypeError(`${end.vendorType} was expected to be the id of a custom object type.`);
}

const isCustom = (type: string): type is `2-${string}` => /^2-\d+$/.test(type);

const OBJECT_TYPES = {
  customer: 'contacts',
  company: 'companies',
  deal: 'deals',
} as const satisfies Record<string, StandardType>;

export function toObjectTypeDefinition(schema: WireSchema): ObjectTypeDefinition {
  const { objectTypeId, associations = [] } = schema;
  const linked = associations.flatMap(({ fromObjectTypeId: from, toObjectTypeId: to }) =>
    from === objectTypeId ? [to] : to === objectTypeId ? [from] : [],
  );
  return {
    vendorType: objectTypeId,
    name: schema.name,
    label: schema.labels.singular ?? '',
    pluralLabel: schema.labels.plural ?? '',
    description: schema.description ?? '',
    isArchived: schema.archived === true,
    linkedTypes: [...new Set(linked.map((type) => TYPE_NAMES[type] ?? type))],
  };
}

/** The graph's names of HubSpot's own types: https://developers.hubspot.com/docs/guides/crm/understanding-the-crm#object-type-ids */
const TYPE_NAMES: Readonly<Record<string, keyof typeof KINDS>> = {
  '0-1': 'Customer',
  '0-2': 'Company',
  '0-3': 'Deal',
};
