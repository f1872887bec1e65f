import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { errorAnswer, jsonAnswer, notFoundPage, validationError } from './hubspot-responses.ts';
import { readBody } from './hubspot-body.ts';
import type { ObjectType } from './hubspot-ids.ts';
import { replacePrimaryCompany } from './hubspot-links.ts';
import { mergedRecord } from './hubspot-merge.ts';
import {
  NEW_RECORD,
  PROPERTIES,
  type RecordChanges,
  type Rules,
} from './hubspot-record-changes.ts';
import { toAnswer } from './hubspot-record-response.ts';
import type { HubSpotStore } from './hubspot-store.ts';
import { isIdProperty } from './hubspot-unique-properties.ts';

export interface HubSpotWrites {
  /** `POST /crm/v3/objects/{type}` */
  create(type: ObjectType, request: SandboxVendorRequest, rules: Rules): SandboxVendorResponse;
  /** `PATCH /crm/v3/objects/{type}/{id}`, the id being a unique property's value where the query says so. */
  update(
    type: ObjectType,
    id: string,
    request: SandboxVendorRequest,
    rules: Rules,
  ): SandboxVendorResponse;
  /** `DELETE /crm/v3/objects/{type}/{id}`: to the recycling bin. */
  archive(type: ObjectType, id: string): SandboxVendorResponse;
  /** `POST /crm/v3/objects/{type}/merge` */
  merge(type: ObjectType, request: SandboxVendorRequest): SandboxVendorResponse;
}

export function createHubSpotWrites(store: HubSpotStore, changes: RecordChanges): HubSpotWrites {
  return {
    create(type, request, rules) {
      const body = readBody(NEW_RECORD, request);
      if (!body.success) return body.answer;
      const change = changes.create(type, body.data, rules);
      if (!change.success) return change.answer;
      return { ...jsonAnswer(201, change.make()), wrote: `/objects/${type}` };
    },
    update(type, id, request, rules) {
      const idProperty = request.query.get('idProperty');
      if (!isIdProperty(type, idProperty))
        return validationError(`Property ${String(idProperty)} is not a unique property`);
      const body = readBody(UPDATE, request);
      if (!body.success) return body.answer;
      const before = store.find(type, id, idProperty);
      if (before === undefined) return errorAnswer(404, 'resource not found');
      const change = changes.update(type, before, body.data.properties, rules);
      if (!change.success) return change.answer;
      return { ...jsonAnswer(200, change.make()), wrote: `/objects/${type}/{id}` };
    },
    archive(type, id) {
      if (store.archived(type).some((record) => record.id === id)) return { status: 204 };
      const record = store.find(type, id);
      if (record === undefined) return notFoundPage();
      store.archive(type, record.id, changes.nextTime());
      if (type === 'companies') replacePrimaryCompany(store, [record.id], null);
      changes.count();
      return { status: 204, wrote: `/objects/${type}/{id}` };
    },
    merge(type, request) {
      const body = readBody(MERGE, request);
      if (!body.success) return body.answer;
      const [primary, other] = [body.data.primaryObjectId, body.data.objectIdToMerge].map((id) =>
        store.find(type, id),
      );
      if (primary === undefined || other === undefined)
        return errorAnswer(404, 'resource not found', 'OBJECT_NOT_FOUND');
      if (primary.id === other.id) return validationError('A record cannot be merged with itself');
      const merged = mergedRecord(type, store.nextId(type), [primary, other], changes.nextTime());
      store.merge(type, [primary.id, other.id], merged);
      if (type === 'companies') replacePrimaryCompany(store, [primary.id, other.id], merged.id);
      changes.count();
      return { ...jsonAnswer(200, toAnswer(type, merged, [])), wrote: `/objects/${type}/merge` };
    },
  };
}

const UPDATE = z.object({ properties: PROPERTIES });

const MERGE = z.object({
  primaryObjectId: z.coerce.string(),
  objectIdToMerge: z.coerce.string(),
});
