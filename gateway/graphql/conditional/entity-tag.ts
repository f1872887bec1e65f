import type { LogPlace } from '../../../request/cache-tags.ts';
import { formatPosition, parsePosition } from '../../../events/log/position.ts';

/** What an entity tag says of the response that has it. */
export interface TaggedResponse {
  /** Of all that decides the response, apart from the records. */
  readonly digest: string;
  /** Where the change log was when the response was asked for. */
  readonly asked: LogPlace;
}

/** A weak tag (RFC 9110, section 8.8.3): an equal response can have other white space. */
export const formatEntityTag = ({ digest, asked: { log, position, time } }: TaggedResponse) =>
  `W/"${[digest, log, formatPosition(position), time.toString(36)].join('.')}"`;

/**
 * Reads the header `If-None-Match`: tags of responses that the client has. Tags of another form are not from here.
 * @param header has at most as many characters as any header may have
 */
export function readEntityTags(header: string): readonly TaggedResponse[] {
  return header
    .split(',', MAX_TAGS)
    .map((tag) => readEntityTag(tag.trim()))
    .filter((read) => read !== undefined);
}

function readEntityTag(tag: string): TaggedResponse | undefined {
  const opaque = tag.startsWith('W/') ? tag.slice(2) : tag;
  if (opaque.length < 2 || opaque.length > MAX_LENGTH || !opaque.startsWith('"')) return undefined;
  const [digest = '', log = '', text = '', stamp = '', ...rest] = opaque.slice(1, -1).split('.');
  const position = parsePosition(text);
  const time = /^[\da-z]{1,11}$/.test(stamp) ? parseInt(stamp, 36) : NaN;
  if (rest.length > 0 || position === undefined || Number.isNaN(time)) return undefined;
  return { digest, asked: { log, position, time } };
}

/** A client keeps one response for each URL; some send those of before, too. */
const MAX_TAGS = 10;
const MAX_LENGTH = 200;
