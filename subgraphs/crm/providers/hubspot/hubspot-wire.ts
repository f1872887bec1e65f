import { z } from 'zod';
import { wireList, wireMap } from '../../../../upstream/wire.ts';

/** The parts of HubSpot's responses that we read. Unknown keys are dropped. */

const dateTime = z.iso.datetime({ offset: true, abort: true });

const isValue = (value: unknown): value is string | null =>
  value === null || typeof value === 'string';

/** A contact, company or deal. Values are text or null, whatever the property's type; an unknown property is absent. */
export const wireRecord = z.object({
  id: z.string(),
  properties: wireMap(isValue),
  createdAt: dateTime,
  updatedAt: dateTime,
});
export type WireRecord = z.output<typeof wireRecord>;

const wirePaging = z.object({ next: z.optional(z.object({ after: z.string() })) });
export type WirePaging = z.output<typeof wirePaging>;

/** `GET /crm/objects/{type}` */
export const wireRecordPage = z.object({
  results: wireList(wireRecord),
  paging: z.optional(wirePaging),
});

/** `POST /crm/objects/{type}/search` */
export const wireSearchPage = z.object({
  total: z.number(),
  results: wireList(wireRecord),
  paging: z.optional(wirePaging),
});

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/** One of the errors of a 207. `context` contains its ids, under a varying key: `ids`, `id`, `fromObjectId`. */
const wireBatchError = z.object({
  category: z.optional(z.string()),
  context: z.optional(wireMap(isTexts)).catch(undefined),
});
export type WireBatchError = z.output<typeof wireBatchError>;

/** `POST /crm/objects/{type}/batch/read`: 200, or 207 with errors. */
export const wireRecordBatch = z.object({
  results: wireList(wireRecord),
  errors: z.optional(wireList(wireBatchError)),
});
export type WireRecordBatch = z.output<typeof wireRecordBatch>;

/** Accounts number their own labels, so only `category` and `typeId` together identify the type. */
const wireAssociationType = z.object({
  category: z.string().default('HUBSPOT_DEFINED'),
  typeId: z.number(),
});
export type WireAssociationType = z.output<typeof wireAssociationType>;

const wireLinks = z.object({
  from: z.object({ id: z.string() }),
  // Without a maximum length: a page may contain all of a record's links.
  to: z.array(
    z.object({
      // A number on the wire, though the official client's type says text.
      toObjectId: z.union([z.string(), z.int({ abort: true })]).transform(String),
      associationTypes: z.optional(wireList(wireAssociationType)),
    }),
  ),
  paging: z.optional(wirePaging),
});
export type WireLinks = z.output<typeof wireLinks>;

/** `POST /crm/associations/{from}/{to}/batch/read`: 200, or 207 with errors, also for a record that has no links. */
export const wireLinkBatch = z.object({
  results: wireList(wireLinks),
  errors: z.optional(wireList(wireBatchError)),
});

/** An association write: 201, or 207 with errors of the failed ones. */
export const wireLinkWrite = z.object({
  numErrors: z.optional(z.number()),
  errors: z.optional(
    wireList(wireBatchError.extend({ message: z.optional(z.string()).catch(undefined) })),
  ),
});
export type WireLinkWrite = z.output<typeof wireLinkWrite>;

/** The removal of an association: 204 without a body, or 207. */
export const wireLinkArchive = z.optional(wireLinkWrite);

/** `GET /crm/pipelines/deals` */
export const wirePipelines = z.object({
  results: wireList(
    z.object({
      id: z.string(),
      label: z.string(),
      stages: wireList(
        z.object({
          id: z.string(),
          label: z.string(),
          metadata: z.optional(
            z.object({ isClosed: z.optional(z.string()), probability: z.optional(z.string()) }),
          ),
        }),
      ),
    }),
  ),
});
export type WirePipeline = z.output<typeof wirePipelines>['results'][number];

/** `GET /crm/properties/contacts/lifecyclestage` */
export const wireProperty = z.object({
  options: wireList(z.object({ value: z.string(), label: z.string() })),
});

/** `GET /crm/properties/{type}` */
export const wireProperties = z.object({
  // An account can have a thousand custom properties besides HubSpot's:
  // https://knowledge.hubspot.com/properties/create-and-edit-properties
  results: z
    .array(
      z.object({
        name: z.string(),
        label: z.string().catch(''),
        description: z.string().catch(''),
        type: z.string(),
        fieldType: z.string().catch(''),
        options: z.optional(wireList(z.object({ value: z.string(), label: z.string().catch('') }))),
        externalOptions: z.optional(z.boolean()).catch(undefined),
        referencedObjectType: z.nullish(z.string()).catch(undefined),
        archived: z.optional(z.boolean()).catch(undefined),
        hidden: z.optional(z.boolean()).catch(undefined),
        calculated: z.optional(z.boolean()).catch(undefined),
        hubspotDefined: z.optional(z.boolean()).catch(undefined),
        modificationMetadata: z
          .optional(z.object({ readOnlyValue: z.optional(z.boolean()) }))
          .catch(undefined),
      }),
    )
    .max(5000, { abort: true }),
});
export type WirePropertyDefinition = z.output<typeof wireProperties>['results'][number];

/** `GET /crm-object-schemas/{version}/schemas` */
export const wireSchemas = z.object({
  results: wireList(
    z.object({
      objectTypeId: z.string(),
      name: z.string(),
      labels: z
        .object({ singular: z.nullish(z.string()), plural: z.nullish(z.string()) })
        .catch({}),
      description: z.nullish(z.string()).catch(undefined),
      archived: z.optional(z.boolean()).catch(undefined),
      associations: z
        .optional(wireList(z.object({ fromObjectTypeId: z.string(), toObjectTypeId: z.string() })))
        .catch(undefined),
    }),
  ),
});
export type WireSchema = z.output<typeof wireSchemas>['results'][number];

/** `GET /crm/owners` */
export const wireOwnerPage = z.object({
  results: wireList(
    z.object({
      id: z.string(),
      email: z.nullish(z.string()),
      firstName: z.nullish(z.string()),
      lastName: z.nullish(z.string()),
    }),
  ),
  paging: z.optional(wirePaging),
});
export type WireOwner = z.output<typeof wireOwnerPage>['results'][number];

/** A written record; `properties` contains the values that were set. */
export const wireWritten = z.object({
  id: z.string(),
  properties: z.optional(wireMap(isValue)).catch(undefined),
});
export type WireWritten = z.output<typeof wireWritten>;

/** The body of a refusal. `category` is often missing; a 429 has `policyName` instead. */
export const wireError = z.object({
  status: z.literal('error'),
  category: z.optional(z.string()),
  policyName: z.optional(z.string()),
  message: z.optional(z.string()).catch(undefined),
  context: z.optional(wireMap(isTexts)).catch(undefined),
  errors: z
    .optional(
      wireList(
        z.object({
          message: z.optional(z.string()).catch(undefined),
          code: z.optional(z.string()).catch(undefined),
          context: z.optional(wireMap(isTexts)).catch(undefined),
        }),
      ),
    )
    .catch(undefined),
});
export type WireError = z.output<typeof wireError>;

/** The invalid properties in a refusal's message. */
export const wireInvalidValues = wireList(
  z.object({ name: z.string(), error: z.optional(z.string()) }),
);
