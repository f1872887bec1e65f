import type { Caller } from '../../request/caller.ts';
import { CodedError } from '../../errors/coded-error.ts';

export interface AudienceRequest {
  readonly caller: Caller;
  /** The audience that the path names, if it names one. */
  readonly pathAudience: string | undefined;
  /** The names of all audiences; undefined where it does not matter who sees what, as in a subgraph's service. */
  readonly audiences: { has(name: string): boolean } | undefined;
}

/**
 * The audience that a request is answered for. A caller who belongs to one gets that, and nothing else is there for them.
 * @returns undefined where it is the whole graph
 * @throws CodedError `NOT_FOUND` for an audience that is not there, or not for this caller
 * @throws CodedError `FORBIDDEN` where the caller's own audience is not there
 */
export function chooseAudience({
  caller,
  pathAudience,
  audiences,
}: AudienceRequest): string | undefined {
  if (audiences === undefined) return undefined;
  const own = caller.audience;
  if (own !== undefined && !audiences.has(own)) throw new CodedError('FORBIDDEN', NO_SUCH_AUDIENCE);
  if (
    pathAudience !== undefined &&
    (own === undefined ? !audiences.has(pathAudience) : pathAudience !== own)
  )
    throw new CodedError('NOT_FOUND', UNKNOWN_PATH);
  return pathAudience ?? own;
}

const NO_SUCH_AUDIENCE =
  'The audience of this credential does not exist on this server. Ask its operator for another credential.';

/** In the words for any path where nothing is. */
const UNKNOWN_PATH = 'This path does not exist.';
