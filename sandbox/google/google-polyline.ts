import type { Point } from './google-place.ts';

/** https://developers.google.com/maps/documentation/utilities/polylinealgorithm, with five decimal places. */
export function encodePolyline(points: readonly Point[]): string {
  let text = '';
  let [latitude, longitude] = [0, 0];
  for (const point of points) {
    const next = [Math.round(point.latitude * 1e5), Math.round(point.longitude * 1e5)] as const;
    text += encodeNumber(next[0] - latitude) + encodeNumber(next[1] - longitude);
    [latitude, longitude] = next;
  }
  return text;
}

function encodeNumber(value: number): string {
  let rest = value < 0 ? ~(value << 1) : value << 1;
  let text = '';
  for (; rest >= 0x20; rest >>>= 5) text += String.fromCharCode((0x20 | (rest & 0x1f)) + 63);
  return text + String.fromCharCode(rest + 63);
}
