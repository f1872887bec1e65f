import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { batchAnswer, errorAnswer, validationError } from './hubspot-responses.ts';
import { readBody } from './hubspot-body.ts';
import type { ObjectType } from './hubspot-ids.ts';
import { replacePrimaryCompany } from './hubspot-links.ts';
import { BATCH_LIMIT, missingObjects } from './hubspot-objects.ts';
import {
  type Change,
  NEW_RECORD,
  PROPERTIES,
  type RecordChanges,
  type Rules,
} from './hubspot-record-changes.ts';
import type { HubSpotStore } from './hubspot-store.ts';
import { isIdProperty } from './hubspot-unique-properties.ts';

export interface HubSpotBatchWrites {
  /** `POST /crm/v3/objects/{type}/batch/create` */
  create(type: ObjectType, request: SandboxVendorRequest, rules: Rules): SandboxVendorResponse;
  /** `POST /crm/v3/objects/{type}/batch/update` */
  update(type: ObjectType, request: SandboxVendorRequest, rules: Rules): SandboxVendorResponse;
  /** `POST /crm/v3/objects/{type}/batch/upsert` */
  upsert(type: ObjectType, request: SandboxVendorRequest, rules: Rules): SandboxVendorResponse;
  /** `POST /crm/v3/objects/{type}/batch/archive`: ids that are not there are passed over. */
  archive(type: ObjectType, request: SandboxVendorRequest): SandboxVendorResponse;
}

export function createHubSpotBatchWrites(
  store: HubSpotStore,
  changes: RecordChanges,
): HubSpotBatchWrites {
  return {
    create(type, request, rules) {
      const body = readBatch(CREATE, request);
      if (!body.success) return body.answer;
      const inputs = body.data.inputs.map((input) => ({
        traceId: input.objectWriteTraceId,
        change: changes.create(type, input, rules),
      }));
      return make(201, withoutTwins(body.data.inputs, inputs), `/objects/${type}/batch/create`);
    },
    update(type, request, rules) {
      const body = readBatch(UPDATE, request);
      if (!body.success) return body.answer;
      const { inputs } = body.data;
      const wrong = inputs.find(({ idProperty }) => !isIdProperty(type, idProperty));
      if (wrong !== undefined) return notUnique(wrong.idProperty);
      const missing: string[] = [];
      const found = inputs.flatMap(({ id, idProperty, properties, objectWriteTraceId }) => {
        const before = store.find(type, id, idProperty);
        if (before === undefined) missing.push(id);
        return before === undefined
          ? []
          : [
              {
                traceId: objectWriteTraceId,
                change: changes.update(type, before, properties, rules),
              },
            ];
      });
      const errors = missing.length === 0 ? [] : [missingObjects(type, missing)];
      return make(200, found, `/objects/${type}/batch/update`, errors);
    },
    upsert(type, request, rules) {
      const body = readBatch(UPSERT, request);
      if (!body.success) return body.answer;
      const { inputs } = body.data;
      const wrong = inputs.find(({ idProperty }) => !isIdProperty(type, idProperty));
      if (wrong !== undefined) return notUnique(wrong.idProperty);
      const upserted = inputs.map(({ id, idProperty, properties, objectWriteTraceId }) => {
        const before = store.find(type, id, idProperty);
        const change =
          before === undefined
            ? changes.create(
                type,
                { properties: { [idProperty]: id, ...properties }, associations: [] },
                rules,
              )
            : changes.update(type, before, properties, rules);
        return { traceId: objectWriteTraceId, change, more: { new: before === undefined } };
      });
      return make(200, upserted, `/objects/${type}/batch/upsert`);
    },
    archive(type, request) {
      const body = readBatch(ARCHIVE, request);
      if (!body.success) return body.answer;
      const ids = body.data.inputs.map(({ id }) => id);
      for (const id of ids) store.archive(type, id, changes.nextTime());
      if (type === 'companies') replacePrimaryCompany(store, ids, null);
      changes.count();
      return { status: 204, wrote: `/objects/${type}/batch/archive` };
    },
  };
}

interface CheckedInput {
  readonly traceId: string | undefined;
  readonly change: Change;
  readonly more?: object;
}

/**
 * All or nothing, unless each input has an id to trace it by: then those that can be made are.
 * https://developers.hubspot.com/docs/api-reference/error-handling, "Multi-status errors"
 */
function make(
  status: number,
  inputs: readonly CheckedInput[],
  wrote: string,
  errors: readonly object[] = [],
): SandboxVendorResponse {
  const isTraced = inputs.every(({ traceId }) => traceId !== undefined);
  const refused = inputs.flatMap(({ change, traceId = '' }) =>
    change.success ? [] : [{ answer: change.answer, traceId }],
  );
  const [first] = refused;
  if (first !== undefined && !isTraced) return first.answer;
  const results = inputs.flatMap(({ change, traceId, more = {} }) =>
    change.success
      ? [
          {
            ...change.make(),
            ...more,
            ...(traceId !== undefined && { objectWriteTraceId: traceId }),
          },
        ]
      : [],
  );
  const failures = refused.map(({ answer, traceId }) => ({
    // An error of this sandbox vendor's has an object for a body.
    ...(answer.body as object),
    context: { objectWriteTraceId: [traceId] },
  }));
  // The order of answers is not promised, and was recorded to be another one than that of the inputs.
  const answer = batchAnswer(status, results.toReversed(), [...errors, ...failures]);
  return results.length === 0 ? answer : { ...answer, wrote };
}

/** No two new contacts of a batch can have the same e-mail address, which neither has yet. */
function withoutTwins(
  inputs: z.output<typeof CREATE>['inputs'],
  checked: readonly CheckedInput[],
): readonly CheckedInput[] {
  const emails = inputs.map(({ properties }) => properties['email'] ?? null);
  return checked.map((input, index) => {
    const email = emails[index] ?? null;
    if (email === null || emails.indexOf(email) === index) return input;
    return {
      ...input,
      change: { success: false, answer: errorAnswer(409, 'Contact already exists.', 'CONFLICT') },
    };
  });
}

function readBatch<Schema extends z.ZodType<{ readonly inputs: readonly unknown[] }>>(
  schema: Schema,
  request: SandboxVendorRequest,
) {
  const body = readBody(schema, request);
  if (!body.success || body.data.inputs.length <= BATCH_LIMIT) return body;
  const answer = validationError(
    `The maximum number of inputs supported in a batch request is ${String(BATCH_LIMIT)}, but ${String(body.data.inputs.length)} were given`,
  );
  return { success: false as const, answer };
}

const notUnique = (property: string | null | undefined) =>
  validationError(`Property ${String(property)} is not a unique property`);

const TRACED = { objectWriteTraceId: z.string().optional() };

const CREATE = z.object({ inputs: z.array(NEW_RECORD.extend(TRACED)) });

const UPDATE = z.object({
  inputs: z.array(
    z.object({
      ...TRACED,
      id: z.coerce.string(),
      idProperty: z.string().nullish(),
      properties: PROPERTIES,
    }),
  ),
});

const UPSERT = z.object({
  inputs: z.array(
    z.object({
      ...TRACED,
      id: z.coerce.string(),
      idProperty: z.string(),
      properties: PROPERTIES,
    }),
  ),
});

const ARCHIVE = z.object({ inputs: z.array(z.object({ id: z.coerce.string() })) });
