import { BadUserInput } from '../../errors/coded-error.ts';
import type { JourneyMatrix, MapView, Waypoint } from './domain.ts';
import type { PlaceInput } from './__generated__/resolvers.ts';
import { isNamed, type MapsCapabilities } from './provider.ts';

const MAX_TEXT_LENGTH = 500;
/** Before spaces are collapsed. */
const MAX_RAW_LENGTH = 5000;
const MAX_MAP_SIDE = 640;
const MAX_MAP_ZOOM = 21;
const PLACE_ID = /^[\w-]{1,300}$/;

/**
 * Normalizes an address or other text, so that texts that differ only in spaces are equal.
 * @param name the name in messages
 * @throws BadUserInput
 */
export function readText(name: string, text: string): string {
  const tidy = text.length > MAX_RAW_LENGTH ? text : text.trim().replace(/\s+/g, ' ');
  if (tidy.length > 0 && tidy.length <= MAX_TEXT_LENGTH) return tidy;
  const actual = tidy === '' ? 'it is empty' : `it has ${String(tidy.length)}`;
  throw new BadUserInput(
    `${name} must have 1 to ${String(MAX_TEXT_LENGTH)} characters, but ${actual}.`,
  );
}

/** @throws BadUserInput */
export function readWaypoint(name: string, { address, location, placeId }: PlaceInput): Waypoint {
  const present = Object.entries({ address, location, placeId }).filter(
    ([, value]) => value != null,
  );
  if (present.length !== 1) {
    const actual = present.length === 0 ? 'none' : present.map(([way]) => way).join(' and ');
    throw new BadUserInput(
      `${name} must have exactly one of address, location and placeId, but has ${actual}.`,
    );
  }
  if (location != null)
    return { location: { latitude: location.latitude, longitude: location.longitude } };
  if (address != null) return { address: readText(`${name}.address`, address) };
  if (placeId != null && PLACE_ID.test(placeId)) return { placeId };
  throw new BadUserInput(
    `${name}.placeId must be the id of a place: 1 to 300 letters, digits, "-" and "_".`,
  );
}

/** @throws BadUserInput */
export function readMatrix(
  { maxMatrixElements, maxNamedWaypoints }: MapsCapabilities,
  args: {
    readonly origins: readonly PlaceInput[];
    readonly destinations: readonly PlaceInput[];
    readonly mode: JourneyMatrix['mode'];
  },
): JourneyMatrix {
  const { mode } = args;
  const [rows, columns, max] = [
    args.origins.length,
    args.destinations.length,
    maxMatrixElements[mode],
  ];
  if (rows === 0 || columns === 0 || rows * columns > max) {
    const actual = `${String(rows)} origins and ${String(columns)} destinations`;
    throw new BadUserInput(
      `origins and destinations must make 1 to ${String(max)} pairs by ${mode}, but got ${actual}.`,
    );
  }
  const read = (list: 'origins' | 'destinations') =>
    args[list].map((place, index) => readWaypoint(`${list}[${String(index)}]`, place));
  const [origins, destinations] = [read('origins'), read('destinations')];
  const named = [...origins, ...destinations].filter(isNamed).length;
  if (named > maxNamedWaypoints) {
    const most = `At most ${String(maxNamedWaypoints)} origins and destinations may be given by address or placeId`;
    throw new BadUserInput(`${most}, but got ${String(named)}. Give others by location.`);
  }
  return { origins, destinations, mode };
}

/** @throws BadUserInput */
export function readMapView({ address, width, height, zoom }: MapView): MapView {
  readInteger('width', width, 1, MAX_MAP_SIDE);
  readInteger('height', height, 1, MAX_MAP_SIDE);
  readInteger('zoom', zoom, 0, MAX_MAP_ZOOM);
  return { address: readText('formatted', address), width, height, zoom };
}

function readInteger(name: string, value: number, min: number, max: number) {
  if (value >= min && value <= max) return;
  throw new BadUserInput(
    `${name} must be an integer from ${String(min)} to ${String(max)}, but got ${String(value)}.`,
  );
}
