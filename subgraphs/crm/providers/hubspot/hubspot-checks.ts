import type { AnyRequest } from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';
import type { Verdict, VendorCheck } from '../../../vendor-check.ts';
import { pathInVersion } from './hubspot-api-version.ts';
import { authorizeHubspot } from './hubspot-client.ts';
import type { HubspotConfig } from './hubspot-config.ts';
import {
  listDealPipelines,
  listOwners,
  listRecords,
  readLifecycleStageProperty,
  updateNothing,
} from './hubspot-endpoints.ts';
import { MISSING_SCOPES, scopesOf } from './hubspot-permissions.ts';
import { wireError } from './hubspot-wire.ts';

/** The scopes that the graph needs. */
export function hubspotChecks({
  accessToken,
  apiVersion,
  baseUrl,
}: HubspotConfig): readonly VendorCheck[] {
  const api = { baseUrl, authorize: authorizeHubspot(accessToken) };
  const check = (name: string, unversioned: AnyRequest, isForMutations = false): VendorCheck => {
    const request = { ...unversioned, path: pathInVersion(unversioned.path, apiVersion) };
    const needs = scopesOf(request).join(', ');
    return { name, needs, isForMutations, api, request, judge: judgeBy(needs, isForMutations) };
  };
  return [
    ...(['contacts', 'companies', 'deals'] as const).map((type) =>
      check(`read ${type}`, listRecords(type, { limit: 1, properties: [] })),
    ),
    check('read deal pipelines', listDealPipelines()),
    check('read lifecycle stages', readLifecycleStageProperty()),
    check('read owners', listOwners({ limit: 1 })),
    ...(['contacts', 'companies', 'deals'] as const).map((type) =>
      check(`write ${type}`, updateNothing(type), true),
    ),
  ];
}

/** HubSpot does not document whether it checks the scope or the inputs of an empty batch first. */
const judgeBy =
  (needs: string, isForMutations: boolean) =>
  ({ status, body }: UpstreamResponse): Verdict => {
    const { category } = safeParseWire(wireError, body).data ?? {};
    if (category === MISSING_SCOPES)
      return {
        result: 'refused',
        remedy: `Add the scope ${needs} to the app or service key of HUBSPOT_ACCESS_TOKEN${isForMutations ? ', if clients use mutations' : ''}.`,
      };
    if (status === 401 || status === 403)
      return {
        result: 'refused',
        remedy:
          'Set HUBSPOT_ACCESS_TOKEN to a valid access token: HubSpot does not accept this one.',
      };
    return status < 300 ? { result: 'ok' } : { result: 'not disproved' };
  };
