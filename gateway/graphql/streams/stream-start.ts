import { CodedError } from '../../../errors/coded-error.ts';
import { type LogHead, LogUnavailable } from '../../../events/log/change-log.ts';
import { parseCursor } from '../../../events/log/cursor.ts';
import type { LogTail } from '../../../events/log/log-tail.ts';
import type { Position } from '../../../events/log/position.ts';

/** Where a stream begins: everything up to there has been seen. */
export interface StreamStart {
  readonly log: string;
  readonly position: Position;
  /** Whether there may be changes between there and now, which are read from the log. */
  readonly isResumed: boolean;
}

/**
 * @returns undefined for a stream that begins now
 * @throws CodedError
 */
export function readResumption(text: string | undefined): StreamStart | undefined {
  if (text === undefined) return undefined;
  const cursor = parseCursor(text);
  if (cursor === undefined)
    throw new CodedError(
      'BAD_USER_INPUT',
      'extensions.resumeFrom and Last-Event-ID must be a cursor that this server has sent.',
    );
  return { ...cursor, isResumed: true };
}

/**
 * @param tailHead is where the tail is; the log itself is read where it has not begun
 * @throws CodedError where the log cannot be read
 */
export async function startNow(
  tailHead: LogHead | undefined,
  { log: changeLog }: LogTail,
): Promise<StreamStart> {
  try {
    const { log, position } = tailHead ?? (await changeLog.head());
    return { log, position, isResumed: false };
  } catch (error) {
    if (!(error instanceof LogUnavailable)) throw error;
    const message = 'Changes cannot be read at the moment. Try again later.';
    throw new CodedError('UPSTREAM_UNAVAILABLE', message, { retryAfter: 5, cause: error });
  }
}
