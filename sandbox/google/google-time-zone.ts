import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { jsonAnswer, keyProblem } from './google-responses.ts';
import type { Atlas } from './google-atlas.ts';
import { KEY_MESSAGES, readPoint } from './google-geocoding.ts';

/** `GET /maps/api/timezone/json` */
export function findTimeZone(atlas: Atlas, request: SandboxVendorRequest): SandboxVendorResponse {
  const key = keyProblem(request);
  if (key !== undefined)
    return jsonAnswer(200, { errorMessage: KEY_MESSAGES[key], status: 'REQUEST_DENIED' });
  const point = readPoint(request.query.get('location') ?? '');
  const timestamp = Number(request.query.get('timestamp') ?? NaN);
  if (!point) return invalidRequest("Invalid request. Missing or invalid 'location' parameter.");
  if (!Number.isFinite(timestamp))
    return invalidRequest("Invalid request. Missing or invalid 'timestamp' parameter.");
  const nearest = atlas.nearestAddress(point);
  if (!nearest || nearest.metres > REACH) return jsonAnswer(200, { status: 'ZERO_RESULTS' });
  return jsonAnswer(200, describe(nearest.address.timeZone, new Date(timestamp * 1000)));
}

/** A point further from every known address than this has no zone: it is taken to be at sea. */
const REACH = 800_000;

const invalidRequest = (errorMessage: string) =>
  jsonAnswer(400, { errorMessage, status: 'INVALID_REQUEST' });

function describe(timeZoneId: string, time: Date) {
  const year = time.getUTCFullYear();
  const rawOffset = Math.min(
    offset(timeZoneId, new Date(Date.UTC(year, 0, 1))),
    offset(timeZoneId, new Date(Date.UTC(year, 6, 1))),
  );
  const timeZoneName = nameOf(timeZoneId, time, 'long');
  return {
    dstOffset: offset(timeZoneId, time) - rawOffset,
    rawOffset,
    status: 'OK',
    timeZoneId,
    timeZoneName,
  };
}

/** Seconds east of Greenwich. */
function offset(timeZone: string, time: Date): number {
  const { sign, hours, minutes } =
    /GMT(?<sign>[+-])(?<hours>\d+):(?<minutes>\d+)/.exec(nameOf(timeZone, time, 'longOffset'))
      ?.groups ?? {};
  return (sign === '-' ? -1 : 1) * (Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60);
}

const nameOf = (timeZone: string, time: Date, timeZoneName: 'long' | 'longOffset') =>
  new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName })
    .formatToParts(time)
    .find(({ type }) => type === 'timeZoneName')?.value ?? '';
