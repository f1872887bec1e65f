import { randomUUID } from 'node:crypto';
import type {
  SandboxVendor,
  SandboxVendorResponse,
  SandboxVendorRequest,
} from '../sandbox-vendor.ts';
import type { SandboxEvents } from '../events/vendor-events.ts';
import type { World } from '../world/world.ts';
import { errorAnswer, jsonAnswer, notFoundPage, validationError } from './hubspot-responses.ts';
import { typesOf } from './hubspot-association-types.ts';
import {
  archiveAssociations,
  archiveLabels,
  createAssociations,
} from './hubspot-association-writes.ts';
import { refusalOf } from './hubspot-auth.ts';
import { batchReadAssociations } from './hubspot-associations.ts';
import { createHubSpotBatchWrites } from './hubspot-batch-writes.ts';
import { recordHubSpotChanges } from './hubspot-changes.ts';
import { schemasOf } from './hubspot-custom-objects.ts';
import { createHubSpotEdits, type HubSpotEdits, readHubSpotEdit } from './hubspot-edits.ts';
import { readObjectType, type ObjectType } from './hubspot-ids.ts';
import { createHubSpotActivity } from './hubspot-live.ts';
import { batchReadObjects, getObject, listObjects } from './hubspot-objects.ts';
import { getOwner, listOwners } from './hubspot-owners.ts';
import { answerPipelines } from './hubspot-pipelines.ts';
import { answerProperties, propertyDefinitions } from './hubspot-properties.ts';
import { HubSpotRateLimit } from './hubspot-rate-limit.ts';
import { searchObjects } from './hubspot-search.ts';
import { createHubSpotSearchIndex, type HubSpotSearchIndex } from './hubspot-search-index.ts';
import { enforcesRules, type HubSpotPath, pathInVersion, readPath } from './hubspot-path.ts';
import { createRecordChanges, type RecordChanges } from './hubspot-record-changes.ts';
import { createHubSpotStore, type HubSpotStore } from './hubspot-store.ts';
import {
  type ChangeSource,
  createHubSpotWebhooks,
  type HubSpotWebhooks,
} from './hubspot-webhooks.ts';
import { createHubSpotWrites } from './hubspot-writes.ts';

export interface HubSpotOptions {
  /** The clock of its limits, of writes and of events, in milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Delay until a write is in the search index, in milliseconds. @default 5 seconds */
  readonly searchLagMs?: number | undefined;
  /** How many associations of one record are answered at once. @default 500, HubSpot's */
  readonly associationsPerPage?: number;
}

/** HubSpot as it is asked by programs, and as people change it on its pages. */
export interface HubSpotSandboxVendor extends SandboxVendor {
  readonly events: SandboxEvents;
  readonly edit: HubSpotEdits;
}

/** HubSpot says "a few moments". */
const SEARCH_LAG_MS = 5000;

/** HubSpot's CRM: records, read and written, searches, associations, owners, pipelines and properties; and the webhooks of an app. */
export function createHubSpotSandboxVendor(
  world: World,
  options: HubSpotOptions = {},
): HubSpotSandboxVendor {
  const { now = Date.now, associationsPerPage = 500, searchLagMs = SEARCH_LAG_MS } = options;
  const recorded = recordHubSpotChanges(createHubSpotStore(world));
  const { store } = recorded;
  const index = createHubSpotSearchIndex(store, now, searchLagMs);
  const webhooks = createHubSpotWebhooks(now);
  const changes = createRecordChanges(world, store, now);
  const routeObjects = createObjectRoutes(store, changes, index);
  const settle = (source: ChangeSource) => {
    index.update();
    webhooks.send(recorded.take(), source);
  };
  const edit = createHubSpotEdits({
    store,
    changes,
    webhooks,
    settle: () => {
      settle('CRM_UI');
    },
  });
  const rateLimit = new HubSpotRateLimit(now);

  function answer(this: SandboxVendor, request: SandboxVendorRequest): SandboxVendorResponse {
    const refusal = refusalOf(request);
    if (refusal) return withHeaders(refusal, {});
    const isSearch = request.path.endsWith('/search');
    if (!rateLimit.admit(isSearch) && this.limits)
      return withHeaders(tooManyCalls(isSearch), rateLimit.headers(isSearch));
    return withHeaders(route(request), rateLimit.headers(isSearch));
  }

  function route(request: SandboxVendorRequest): SandboxVendorResponse {
    const path = readPath(request.path);
    if (path === undefined) return notFoundPage();
    const answer = routeArea(request, path);
    settle('INTEGRATION');
    if (answer.wrote === undefined) return answer;
    return { ...answer, wrote: pathInVersion(answer.wrote, path.version) };
  }

  function routeArea(request: SandboxVendorRequest, path: HubSpotPath): SandboxVendorResponse {
    const { area, rest } = path;
    const [first = '', second] = rest;
    if (area === 'associations')
      return routeAssociations(store, associationsPerPage, request, rest);
    if (area === 'owners' && request.method === 'GET')
      return first === '' ? listOwners(world, request) : getOwner(world, first, request);
    if (area === 'pipelines' && request.method === 'GET' && first === 'deals')
      return answerPipelines(second);
    if (area === 'schemas' && request.method === 'GET' && first === '')
      return jsonAnswer(200, schemasOf(request.query, definitionsOf));
    const type = readObjectType(first);
    if (type === undefined) return unknownType(area, first);
    if (area === 'properties' && request.method === 'GET')
      return answerProperties(type, store.all(type), second, request.query);
    return area === 'objects' ? routeObjects(request, type, path) : notFoundPage();
  }

  const definitionsOf = (type: ObjectType) => propertyDefinitions(type, store.all(type));

  const events = toSandboxEvents(webhooks, edit, store);
  return { vendor: 'hubspot', limits: false, answer, failure, isWrite, events, edit };
}

function toSandboxEvents(
  webhooks: HubSpotWebhooks,
  edit: HubSpotEdits,
  store: HubSpotStore,
): SandboxEvents {
  const { deliveries } = webhooks;
  return {
    get deliveries() {
      return deliveries.fault;
    },
    set deliveries(fault) {
      // It happens to what is changed from now on.
      webhooks.flush();
      deliveries.fault = fault;
    },
    deliverTo: webhooks.deliverTo,
    settled: () => {
      webhooks.flush();
      return deliveries.settled();
    },
    simulateChange: createHubSpotActivity(store, edit),
    edit: (change) => readHubSpotEdit(edit, change),
    stop: webhooks.stop,
    start: () => {
      deliveries.start();
    },
  };
}

/** Seen of types that the account does not have. */
const unknownType = (area: string, name: string) =>
  area === 'objects' || area === 'properties' || area === 'associations'
    ? validationError(`Unable to infer object type from: ${name}`)
    : notFoundPage();

function createObjectRoutes(
  store: HubSpotStore,
  changes: RecordChanges,
  index: HubSpotSearchIndex,
) {
  const writes = createHubSpotWrites(store, changes);
  const batches = createHubSpotBatchWrites(store, changes);

  return function routeObjects(
    request: SandboxVendorRequest,
    type: ObjectType,
    path: HubSpotPath,
  ): SandboxVendorResponse {
    const rest = path.rest.slice(1);
    const rules = { areEnforced: enforcesRules(path) };
    switch (`${request.method} ${rest.join('/')}`) {
      case 'GET ':
        return listObjects(type, store, request);
      case 'POST batch/read':
        return batchReadObjects(type, store, request);
      case 'POST search':
        return searchObjects(type, index.records(type), request);
      case 'POST ':
        return writes.create(type, request, rules);
      case 'POST merge':
        return writes.merge(type, request);
      case 'POST batch/create':
        return batches.create(type, request, rules);
      case 'POST batch/update':
        return batches.update(type, request, rules);
      case 'POST batch/upsert':
        return batches.upsert(type, request, rules);
      case 'POST batch/archive':
        return batches.archive(type, request);
    }
    const [id] = rest;
    if (id === undefined || rest.length > 1) return notFoundPage();
    switch (request.method) {
      case 'GET':
        return getObject(type, store, id, request);
      case 'PATCH':
        return writes.update(type, id, request, rules);
      case 'DELETE':
        return writes.archive(type, id);
      default:
        return notFoundPage();
    }
  };
}

function routeAssociations(
  store: HubSpotStore,
  pageSize: number,
  request: SandboxVendorRequest,
  [from = '', to = '', ...rest]: readonly string[],
): SandboxVendorResponse {
  const [fromType, toType] = [readObjectType(from), readObjectType(to)];
  if (!fromType || !toType) return unknownType('associations', fromType ? to : from);
  switch (`${request.method} ${rest.join('/')}`) {
    case 'POST batch/read':
      return batchReadAssociations(store, { from: fromType, to: toType, pageSize }, request);
    case 'POST batch/create':
      return createAssociations(store, { from: fromType, to: toType }, request);
    case 'POST batch/archive':
      return archiveAssociations(store, { from: fromType, to: toType }, request);
    case 'POST batch/labels/archive':
      return archiveLabels(store, { from: fromType, to: toType }, request);
    case 'GET labels':
      return jsonAnswer(200, { results: typesOf(fromType, toType) });
    default:
      return notFoundPage();
  }
}

/** Searches and batches are read by POST as well. */
const isWrite = ({ method, path }: SandboxVendorRequest) => {
  if (method !== 'POST') return method === 'PATCH' || method === 'DELETE';
  const { rest = [] } = readPath(path) ?? {};
  const action = rest.at(-1);
  return action !== 'read' && action !== 'search';
};

function failure(status: 429 | 500): SandboxVendorResponse {
  return withHeaders(status === 429 ? tooManyCalls(false) : errorAnswer(500, 'internal error'), {});
}

function tooManyCalls(isSearch: boolean): SandboxVendorResponse {
  const policyName = isSearch ? 'SECONDLY' : 'TEN_SECONDLY_ROLLING';
  return errorAnswer(429, `You have reached your ${policyName.toLowerCase()} limit.`, undefined, {
    errorType: 'RATE_LIMIT',
    policyName,
  });
}

function withHeaders(
  answer: SandboxVendorResponse,
  more: Readonly<Record<string, string>>,
): SandboxVendorResponse {
  return {
    ...answer,
    headers: { 'x-hubspot-correlation-id': randomUUID(), ...more, ...answer.headers },
  };
}
