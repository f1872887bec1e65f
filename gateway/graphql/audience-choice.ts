import type { Caller } from '../../request/caller.ts';
import { CodedError } from '../../errors/coded-error.ts';

export interface AudienceRequest {
  readonly caller: Caller;
  /** The audience in the request's path, if any. */
  readonly pathAudience: string | undefined;
  /** The names of all audiences; undefined without audiences, and in a subgraph service. */
  readonly audiences: { has(name: string): boolean } | undefined;
}

/**
 * Chooses the audience of a request. A caller with an audience has access to that one only.
 * @returns undefined for the whole graph
 * @throws CodedError `NOT_FOUND` for an audience that does not exist, or not for this caller
 * @throws CodedError `FORBIDDEN` if the caller's own audience does not exist
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

/** The same message as for any unknown path. */
const UNKNOWN_PATH = 'This path does not exist.';
