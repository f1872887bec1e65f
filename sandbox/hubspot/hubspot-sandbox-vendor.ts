import { randomUUID } from 'node:crypto';
import type {
  SandboxVendor,
  SandboxVendorResponse,
  SandboxVendorRequest,
} from '../sandbox-vendor.ts';
import type { World } from '../world/world.ts';
import { errorAnswer, jsonAnswer, notFoundPage, validationError } from './hubspot-answers.ts';
import { typesOf } from './hubspot-association-types.ts';
import {
  archiveAssociations,
  archiveLabels,
  createAssociations,
} from './hubspot-association-writes.ts';
import { refusalOf } from './hubspot-auth.ts';
import { batchReadAssociations } from './hubspot-associations.ts';
import { createHubSpotBatchWrites } from './hubspot-batch-writes.ts';
import { schemasOf } from './hubspot-custom-objects.ts';
import { readObjectType, type ObjectType } from './hubspot-ids.ts';
import { batchReadObjects, getObject, listObjects } from './hubspot-objects.ts';
import { getOwner, listOwners } from './hubspot-owners.ts';
import { answerPipelines } from './hubspot-pipelines.ts';
import { answerProperties, propertyDefinitions } from './hubspot-properties.ts';
import { HubSpotRateLimit } from './hubspot-rate-limit.ts';
import { searchObjects } from './hubspot-search.ts';
import { enforcesRules, type HubSpotPath, pathInVersion, readPath } from './hubspot-path.ts';
import { createRecordChanges } from './hubspot-record-changes.ts';
import { createHubSpotStore, type HubSpotStore } from './hubspot-store.ts';
import { createHubSpotWrites } from './hubspot-writes.ts';

export interface HubSpotOptions {
  /** The clock of its limits, in milliseconds. @default Date.now */
  readonly now?: () => number;
  /** How many associations of one record are answered at once. @default 500, HubSpot's */
  readonly associationsPerPage?: number;
}

/** HubSpot's CRM: records, read and written, searches, associations, owners, pipelines and properties. */
export function createHubSpotSandboxVendor(
  world: World,
  options: HubSpotOptions = {},
): SandboxVendor {
  const { now = Date.now, associationsPerPage = 500 } = options;
  const store = createHubSpotStore(world);
  const routeObjects = createObjectRoutes(world, store);
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

  return { vendor: 'hubspot', limits: false, answer, failure, isWrite };
}

/** Seen of types that the account does not have. */
const unknownType = (area: string, name: string) =>
  area === 'objects' || area === 'properties' || area === 'associations'
    ? validationError(`Unable to infer object type from: ${name}`)
    : notFoundPage();

function createObjectRoutes(world: World, store: HubSpotStore) {
  const changes = createRecordChanges(world, store);
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
        return searchObjects(type, store.all(type), request);
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
