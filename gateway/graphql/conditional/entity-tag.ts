import type { LogPlace } from '../../../request/cache-tags.ts';
import { formatPosition, parsePosition } from '../../../events/log/position.ts';

/** What an entity tag says of the response that has it. */
export interface TaggedResponse {
  /** Of all that decides the response, apart from the records. */
  readonly digest: string;
  /** Where the change log was when the response was asked for. */
  readonly requestedAt: LogPlace;
}

/** A weak tag (RFC 9110, section 8.8.3): an equal response can have other white space. */
export const formatEntityTag = ({ digest, requestedAt: { log, position, time } }: TaggedResponse) =>
  `W/"${[digest, log, formatPosition(position), time.toString(36)].join('.')}"`;

/** `If-None-Match: *` is true of no response, whatever its tag (RFC 9110, section 13.1.2). */
export const matchesAnyTag = (header: string): boolean => header.trim() === '*';

/**
 * Reads the header `If-None-Match`: tags of responses that the client has. They are compared weakly, so that `W/` does not matter (RFC 9110,
 * section 13.1.2). What is malformed, and tags of another form, are not from here.
 * @param header has at most as many characters as any header may have
 */
export function readEntityTags(header: string): readonly TaggedResponse[] {
  // A tag of another server may hold commas, but no quotes: no part of it is a tag from here.
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

/** RFC 9110, section 8.8.3, as far as tags from here need it. */
const ENTITY_TAG = /^(?:W\/)?"([\w.-]+)"$/;

/** A client keeps one response for each URL; a cache that several clients share may keep those of before, too. */
const MAX_TAGS = 100;
const MAX_LENGTH = 200;
