import { randomUUID } from 'node:crypto';
import type {
  SandboxVendor,
  SandboxVendorResponse,
  SandboxVendorRequest,
} from '../sandbox-vendor.ts';
import type { World } from '../world/world.ts';
import { errorAnswer, notFoundPage } from './hubspot-answers.ts';
import { archiveAssociations, createAssociations } from './hubspot-association-writes.ts';
import { refusalOf } from './hubspot-auth.ts';
import { batchReadAssociations } from './hubspot-associations.ts';
import { readObjectType, type ObjectType } from './hubspot-ids.ts';
import { batchReadObjects, getObject, listObjects } from './hubspot-objects.ts';
import { getOwner, listOwners } from './hubspot-owners.ts';
import { answerPipelines } from './hubspot-pipelines.ts';
import { answerProperties } from './hubspot-properties.ts';
import { HubSpotRateLimit } from './hubspot-rate-limit.ts';
import { searchObjects } from './hubspot-search.ts';
import { createHubSpotStore } from './hubspot-store.ts';
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
  const writes = createHubSpotWrites(world, store);
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
    const [root, version, api, ...rest] = request.path
      .split('/')
      .filter(Boolean)
      .map(decodeURIComponent);
    if (root !== 'crm') return notFoundPage();
    const [first = '', second] = rest;
    if (version === 'v4')
      return api === 'associations' ? routeAssociations(request, rest) : notFoundPage();
    if (version !== 'v3') return notFoundPage();
    if (api === 'owners' && request.method === 'GET')
      return first === '' ? listOwners(world, request) : getOwner(world, first);
    if (api === 'pipelines' && request.method === 'GET' && first === 'deals')
      return answerPipelines(second);
    const type = readObjectType(first);
    if (type === undefined) return notFoundPage();
    if (api === 'properties' && request.method === 'GET')
      return answerProperties(type, store.all(type), second);
    return api === 'objects' ? routeObjects(request, type, rest.slice(1)) : notFoundPage();
  }

  function routeObjects(
    request: SandboxVendorRequest,
    type: ObjectType,
    rest: readonly string[],
  ): SandboxVendorResponse {
    switch (`${request.method} ${rest.join('/')}`) {
      case 'GET ':
        return listObjects(type, store.all(type), request);
      case 'POST batch/read':
        return batchReadObjects(type, store, request);
      case 'POST search':
        return searchObjects(type, store.all(type), request);
      case 'POST ':
        return writes.create(type, request);
    }
    const [id] = rest;
    if (id === undefined || rest.length > 1) return notFoundPage();
    if (request.method === 'GET') return getObject(type, store, id, request);
    return request.method === 'PATCH'
      ? writes.update(type, id, request)
      : errorAnswer(405, 'The sandbox does not support archiving and merging.');
  }

  function routeAssociations(
    request: SandboxVendorRequest,
    [from = '', to = '', ...rest]: readonly string[],
  ): SandboxVendorResponse {
    const [fromType, toType] = [readObjectType(from), readObjectType(to)];
    if (!fromType || !toType) return notFoundPage();
    switch (`${request.method} ${rest.join('/')}`) {
      case 'POST batch/read':
        return batchReadAssociations(
          store,
          { from: fromType, to: toType, pageSize: associationsPerPage },
          request,
        );
      case 'POST batch/create':
        return createAssociations(store, fromType, request);
      case 'POST batch/archive':
        return archiveAssociations(store, fromType, toType, request);
      default:
        return notFoundPage();
    }
  }

  return { vendor: 'hubspot', limits: false, answer, failure, isWrite };
}

/** Searches and batches are read by POST as well. */
const isWrite = ({ method, path }: SandboxVendorRequest) =>
  method === 'PATCH' ||
  (method === 'POST' && /^\/crm\/v3\/objects\/[^/]+$|\/batch\/(create|archive)$/.test(path));

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
