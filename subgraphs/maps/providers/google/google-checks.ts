import type { AnyRequest } from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import type { Verdict, VendorCheck } from '../../../vendor-check.ts';
import { authorizeByHeader, authorizeByQuery } from './google-client.ts';
import type { GoogleConfig } from './google-config.ts';
import { geocode } from './google-endpoints.ts';
import { apiOf, categoryOf, IS_DENIED } from './google-permissions.ts';

/** The APIs that the graph calls. Google does not charge for invalid requests, and checks the key first. */
export function googleChecks({
  apiKey,
  geocodingBaseUrl,
  routesBaseUrl,
  placesBaseUrl,
}: GoogleConfig): readonly VendorCheck[] {
  const older = { baseUrl: geocodingBaseUrl, authorize: authorizeByQuery(apiKey) };
  const newer = (baseUrl: string) => ({ baseUrl, authorize: authorizeByHeader(apiKey) });
  const check = (name: string, api: VendorCheck['api'], request: AnyRequest): VendorCheck => {
    const needs = apiOf(request) ?? '';
    return { name, needs, api, request, judge: judgeBy(needs) };
  };
  const empty = (path: string): AnyRequest => ({
    method: 'POST',
    path,
    headers: { 'x-goog-fieldmask': '*' },
    json: {},
  });
  return [
    check('find addresses', older, { method: 'GET', path: '/maps/api/geocode/json' }),
    check('find time zones', older, { method: 'GET', path: '/maps/api/timezone/json' }),
    check('draw maps', older, { method: 'GET', path: '/maps/api/staticmap' }),
    check('find routes', newer(routesBaseUrl), empty('/directions/v2:computeRoutes')),
    check('search places', newer(placesBaseUrl), empty('/v1/places:searchText')),
    { ...check('find an address, paid', older, geocode('Berlin')), isPaid: true },
  ];
}

const judgeBy =
  (needs: string) =>
  ({ status, body }: UpstreamResponse): Verdict => {
    const category = categoryOf(body) ?? '';
    if (category === 'API_KEY_INVALID' || category === 'API_KEY_EXPIRED')
      return {
        result: 'refused',
        remedy: 'Set GOOGLE_MAPS_API_KEY to a valid key: Google does not accept this one.',
      };
    if (status === 403 || IS_DENIED.test(category))
      return {
        result: 'refused',
        remedy: `Enable the ${needs} in the Google Cloud project, with billing, and allow it in the API restrictions of the key of GOOGLE_MAPS_API_KEY.`,
      };
    return status < 500 && status !== 429 ? { result: 'ok' } : { result: 'not disproved' };
  };
