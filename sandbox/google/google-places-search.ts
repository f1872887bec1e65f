import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { invalidArgument, jsonAnswer } from './google-responses.ts';
import type { Atlas } from './google-atlas.ts';
import { readBody } from './google-body.ts';
import { applyFieldMask, readFieldMask } from './google-field-mask.ts';
import type { GooglePlace, Point } from './google-place.ts';
import { ENGLISH_CITY_NAMES, wordsOf } from './google-text.ts';
import { metresBetween } from './google-travel.ts';

/** `POST /v1/places:searchText` */
export function searchText(atlas: Atlas, request: SandboxVendorRequest): SandboxVendorResponse {
  const { mask, answer } = readFieldMask(request, FIELDS);
  if (answer) return answer;
  const body = readBody(BODY, request);
  if ('answer' in body) return body.answer;
  const { textQuery, pageSize, pageToken, locationBias } = body.data;
  const from = pageToken === undefined ? 0 : readPageToken(pageToken, textQuery);
  if (from === undefined)
    return invalidArgument(
      'Request parameters for paging requests must match the initial SearchText request.',
    );
  const found = search(atlas, textQuery, locationBias?.circle?.center).slice(0, MOST_RESULTS);
  const end = from + pageSize;
  const page = {
    places: found.slice(from, end).map(toPlace),
    ...(end < found.length ? { nextPageToken: toPageToken(end, textQuery) } : {}),
  };
  return jsonAnswer(200, page.places.length === 0 ? {} : (applyFieldMask(page, mask) as object));
}

const CIRCLE = z.object({
  center: z.object({
    latitude: z.number().min(-90).max(90),
    longitude: z.number().min(-180).max(180),
  }),
  radius: z.number().min(0).max(50_000).default(0),
});

/** Zero and a missing page size both mean the most. */
const BODY = z.object({
  textQuery: z.string().min(1),
  pageSize: z
    .number()
    .int()
    .min(0)
    .default(0)
    .transform((size) => (size === 0 ? 20 : Math.min(size, 20))),
  pageToken: z.string().min(1).optional(),
  locationBias: z.object({ circle: CIRCLE.optional() }).optional(),
});

/** Fields of a place that a field mask may contain. */
export const PLACE_FIELDS = [
  'id',
  'displayName',
  'formattedAddress',
  'name',
  'location',
  'types',
  'primaryType',
  'addressComponents',
  'viewport',
  'shortFormattedAddress',
  'plusCode',
  'rating',
  'websiteUri',
  'googleMapsUri',
  'businessStatus',
  'timeZone',
  'postalAddress',
];

const FIELDS = [...PLACE_FIELDS.map((field) => `places.${field}`), 'nextPageToken'];

/** https://developers.google.com/maps/documentation/places/web-service/text-search, "pageSize". */
const MOST_RESULTS = 60;

/** Places that have every word of the query, businesses before mere addresses, the nearest first where it says near what. */
function search(atlas: Atlas, textQuery: string, near: Point | undefined): GooglePlace[] {
  const wanted = wordsOf(textQuery).filter((word) => !FILLERS.has(word));
  const found = atlas.places.filter(
    (place) => wanted.length > 0 && wanted.every((word) => wordsOfPlace(place).includes(word)),
  );
  const rank = (place: GooglePlace) =>
    near ? metresBetween(place.location, near) : Number(place.name === null);
  return found.toSorted((left, right) => rank(left) - rank(right));
}

const FILLERS: ReadonlySet<string> = new Set([
  'a',
  'at',
  'by',
  'close',
  'in',
  'near',
  'of',
  'the',
  'to',
]);

const wordsOfPlace = ({ name, keywords, formattedAddress, address }: GooglePlace) =>
  wordsOf(
    [name, keywords, formattedAddress, address.country, ENGLISH_CITY_NAMES[address.city]].join(' '),
  );

export function toPlace({ id, name, types, formattedAddress, components, location }: GooglePlace) {
  return {
    name: `places/${id}`,
    id,
    types,
    primaryType: types[0],
    formattedAddress,
    addressComponents: components.map(({ long_name, short_name, types }) => ({
      longText: long_name,
      shortText: short_name,
      types,
    })),
    location,
    displayName: {
      text: name ?? formattedAddress.split(',')[0] ?? formattedAddress,
      languageCode: 'en',
    },
  };
}

const toPageToken = (from: number, textQuery: string) =>
  Buffer.from(JSON.stringify({ from, textQuery })).toString('base64url');

/** @returns undefined unless the token was given for this query. */
function readPageToken(token: string, textQuery: string): number | undefined {
  const read = PAGE_TOKEN.safeParse(Buffer.from(token, 'base64url').toString());
  return read.success && read.data.textQuery === textQuery ? read.data.from : undefined;
}

const PAGE_TOKEN = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('is not JSON');
      return z.NEVER;
    }
  })
  .pipe(z.object({ from: z.number().int(), textQuery: z.string() }));
