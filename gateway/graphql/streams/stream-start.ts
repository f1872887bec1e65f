import { CodedError } from '../../../errors/coded-error.ts';
import { type LogHead, LogUnavailable } from '../../../events/log/change-log.ts';
import { parseCursor } from '../../../events/log/cursor.ts';
import type { LogTail } from '../../../events/log/log-tail.ts';
import type { Position } from '../../../events/log/position.ts';

/** The position after which a stream begins. */
export interface StreamStart {
  readonly log: string;
  readonly position: Position;
  /** Whether the changes since then must be read from the log. */
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
 * @param tailHead is undefined before the tail's first page; then the log itself is read
 * @throws CodedError if the log cannot be read
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
    const message = 'The change log is unavailable. Try again later.';
    throw new CodedError('UPSTREAM_UNAVAILABLE', message, { retryAfter: 5, cause: error });
  }
}
