import type { SandboxVendorRequest, SandboxVendorResponse } from '../sandbox-vendor.ts';
import { jsonAnswer, keyProblem, rpcError } from './google-responses.ts';
import type { Atlas } from './google-atlas.ts';
import { applyFieldMask, readFieldMask } from './google-field-mask.ts';
import { KEY_MESSAGES, toResult } from './google-geocoding.ts';
import { inLanguage } from './google-language.ts';
import { PLACE_FIELDS, toPlace } from './google-places-search.ts';

export const DETAILS_PATH = '/v1/places/';

/** `GET /v1/places/{id}`: https://developers.google.com/maps/documentation/places/web-service/place-details */
export function placeDetails(atlas: Atlas, request: SandboxVendorRequest): SandboxVendorResponse {
  const { mask, answer } = readFieldMask(request, PLACE_FIELDS);
  if (answer) return answer;
  const place = atlas.placeById(decodeURIComponent(request.path).slice(DETAILS_PATH.length));
  if (place === undefined)
    return rpcError(400, 'INVALID_ARGUMENT', 'Not a valid Place ID: the id names no place.');
  const named = inLanguage(place, request.query.get('languageCode'));
  return jsonAnswer(200, applyFieldMask(toPlace(named), mask) as object); // It masks an object.
}

/** `GET /maps/api/place/details/json`: https://developers.google.com/maps/documentation/places/web-service/legacy/details */
export function legacyPlaceDetails(
  atlas: Atlas,
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const refuse = (status: string, message?: string) =>
    jsonAnswer(200, {
      ...(message !== undefined && { error_message: message }),
      html_attributions: [],
      status,
    });
  const key = keyProblem(request);
  if (key !== undefined) return refuse('REQUEST_DENIED', KEY_MESSAGES[key]);
  const { query } = request;
  const id = query.get('place_id') ?? '';
  if (id === '') return refuse('INVALID_REQUEST');
  const place = atlas.placeById(id);
  if (place === undefined) return refuse('NOT_FOUND');
  const { name, address } = place;
  const whole = {
    ...toResult(place, query.get('language')),
    name: name ?? address.line1,
    vicinity: address.city,
  };
  const fields = query.get('fields')?.split(',') ?? Object.keys(whole);
  const unknown = fields.find((field) => !Object.hasOwn(whole, field.split('/')[0] ?? ''));
  if (unknown !== undefined)
    return refuse(
      'INVALID_REQUEST',
      `Error while parsing 'fields' parameter: Unsupported field name '${unknown}'. `,
    );
  const result = applyFieldMask(
    whole,
    fields.map((field) => field.replaceAll('/', '.')),
  );
  return jsonAnswer(200, { html_attributions: [], result, status: 'OK' });
}
