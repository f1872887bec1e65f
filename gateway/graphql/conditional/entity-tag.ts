import type { LogPlace } from '../../../request/cache-tags.ts';
import { formatPosition, parsePosition } from '../../../events/log/position.ts';

/** The content of an entity tag. */
export interface TaggedResponse {
  /** A digest of everything that decides the response, except the records. */
  readonly digest: string;
  /** The head of the change log when the response was requested. */
  readonly requestedAt: LogPlace;
}

/** A weak tag (RFC 9110, section 8.8.3): an equal response can differ in white space. */
export const formatEntityTag = ({ digest, requestedAt: { log, position, time } }: TaggedResponse) =>
  `W/"${[digest, log, formatPosition(position), time.toString(36)].join('.')}"`;

/** `If-None-Match: *` matches any response (RFC 9110, section 13.1.2). */
export const matchesAnyTag = (header: string): boolean => header.trim() === '*';

/**
 * Reads the header `If-None-Match`: the tags of the client's responses. The comparison is weak, so `W/` does not matter (RFC 9110, section
 * 13.1.2). Malformed tags and those of other servers are skipped.
 * @param header is within the length limit of all headers
 */
export function readEntityTags(header: string): readonly TaggedResponse[] {
  // A tag of another server may contain commas, but no quotes: no part of it parses as one of ours.
  return header
    .split(',', MAX_TAGS)
    .map((tag) => readEntityTag(tag.trim()))
    .filter((read) => read !== undefined);
}

function readEntityTag(tag: string): TaggedResponse | undefined {
  const [, opaque] = (tag.length <= MAX_LENGTH && ENTITY_TAG.exec(tag)) || [];
  if (opaque === undefined) return undefined;
  const [digest = '', log = '', text = '', stamp = '', ...rest] = opaque.split('.');
  const position = parsePosition(text);
  const time = /^[\da-z]{1,11}$/.test(stamp) ? parseInt(stamp, 36) : NaN;
  if (rest.length > 0 || position === undefined || Number.isNaN(time)) return undefined;
  return { digest, requestedAt: { log, position, time } };
}

/** RFC 9110, section 8.8.3, limited to this server's tags. */
const ENTITY_TAG = /^(?:W\/)?"([\w.-]+)"$/;

/** A client stores one response per URL; a shared cache can store older ones, too. */
const MAX_TAGS = 100;
const MAX_LENGTH = 200;
