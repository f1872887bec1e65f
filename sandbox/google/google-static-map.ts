import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { keyProblem } from './google-responses.ts';
import type { Atlas } from './google-atlas.ts';
import { KEY_MESSAGES, readPoint } from './google-geocoding.ts';
import type { Point } from './google-place.ts';
import { drawPng, type Color } from './png.ts';

/** `GET /maps/api/staticmap`: a street grid of no real city, with a marker in the middle. */
export function drawStaticMap(atlas: Atlas, request: SandboxVendorRequest): SandboxVendorResponse {
  const key = keyProblem(request);
  if (key !== undefined) return refusal(403, KEY_MESSAGES[key]);
  const { query } = request;
  const { width, height } =
    /^(?<width>\d{1,3})x(?<height>\d{1,3})$/.exec(query.get('size') ?? '')?.groups ?? {};
  if (!isSide(width) || !isSide(height))
    return refusal(
      400,
      "The Google Maps Platform server rejected your request. Invalid request. Invalid 'size' parameter.",
    );
  // Markers may come with styles before their places: `color:red|48.85,2.29`.
  const center = findPoint(
    atlas,
    query.get('center') ?? query.get('markers')?.split('|').at(-1) ?? '',
  );
  if (!center)
    return refusal(
      400,
      "The Google Maps Platform server rejected your request. Invalid request. Missing the 'center' parameter.",
    );
  const scale = query.get('scale') === '2' ? 2 : 1;
  const image = drawMap(
    Number(width) * scale,
    Number(height) * scale,
    center,
    Number(query.get('zoom') ?? 14),
  );
  return {
    status: 200,
    headers: { 'content-type': 'image/png', 'cache-control': 'public, max-age=86400' },
    body: image,
  };
}

const isSide = (text: string | undefined) => Number(text ?? 0) >= 1 && Number(text ?? 0) <= 640;

const refusal = (status: number, text: string): SandboxVendorResponse => ({
  status,
  headers: { 'content-type': 'text/plain; charset=UTF-8' },
  body: Buffer.from(text),
});

const findPoint = (atlas: Atlas, text: string) =>
  readPoint(text) ?? atlas.find(text)?.place.location;

/** Streets lie closer the further one is away, and elsewhere in every place. */
function drawMap(
  width: number,
  height: number,
  { latitude, longitude }: Point,
  zoom: number,
): Buffer {
  const spacing = 18 + Math.max(0, Math.min(21, zoom)) * 4;
  const [shiftX, shiftY] = [
    Math.abs(Math.round(longitude * 1000)),
    Math.abs(Math.round(latitude * 1000)),
  ];
  return drawPng(width, height, (x, y) => {
    const [fromMiddleX, fromMiddleY] = [x - width / 2, y - height / 2];
    if (isInMarker(fromMiddleX, fromMiddleY))
      return Math.hypot(fromMiddleX, fromMiddleY + 16) < 4 ? WHITE : RED;
    const [column, row] = [x + shiftX, y + shiftY];
    if (column % (spacing * 3) < 7 || row % (spacing * 4) < 7) return AVENUE;
    if (column % spacing < 3 || row % spacing < 3) return WHITE;
    return (Math.floor(column / spacing) * 7 + Math.floor(row / spacing) * 13) % 11 === 0
      ? PARK
      : LAND;
  });
}

/** A drop whose tip is in the middle of the image. */
const isInMarker = (x: number, y: number) =>
  Math.hypot(x, y + 16) < 11 || (y > -12 && y <= 0 && Math.abs(x) < -y * 0.7);

const WHITE: Color = [255, 255, 255];
const RED: Color = [217, 48, 37];
const AVENUE: Color = [250, 224, 148];
const PARK: Color = [203, 230, 196];
const LAND: Color = [236, 234, 228];
