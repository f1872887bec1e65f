import { CodedError } from './coded-error.ts';
import { shortenMessage } from './shorten-message.ts';

/** The parts of an error that a log may contain. */
export interface ErrorDescription {
  readonly name: string;
  readonly code?: string;
  readonly service?: string;
  /** The HTTP status of an unexpected response. */
  readonly status?: number;
  /** Absent for messages of connections and vendors, which contain addresses and data. */
  readonly message?: string;
  readonly stack?: string;
  /** Where a vendor's response was not as expected: `results.0.id invalid_type`. */
  readonly issues?: readonly string[];
  readonly cause?: ErrorDescription;
}

/** Describes an error that our own code did not expect, for its developers. */
export function describeUnexpectedError(error: unknown): ErrorDescription {
  if (!(error instanceof Error)) return { name: typeof error };
  const message = shortenMessage(withoutUrls(error.message));
  return {
    ...describeCause(error),
    message,
    ...(error.stack && {
      stack: `${error.name}: ${message}${framesOf(error.stack.replace(error.message, ''))}`,
    }),
  };
}

/** Describes why a vendor failed, for operators. */
export function describeUpstreamError(error: CodedError): ErrorDescription {
  const { code, service } = error.extensions;
  return {
    name: error.name,
    code,
    ...(service !== undefined && { service }),
    ...(error.cause instanceof Error && { cause: describeCause(error.cause) }),
  };
}

function describeCause(error: Error): ErrorDescription {
  return {
    name: error.name,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...('status' in error && typeof error.status === 'number' && { status: error.status }),
    ...('issues' in error &&
      Array.isArray(error.issues) && {
        issues: error.issues.slice(0, MAX_ISSUES).map(describeIssue),
      }),
    ...(error.cause instanceof Error && { cause: describeCause(error.cause) }),
  };
}

const framesOf = (stack: string) =>
  stack
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, MAX_FRAMES)
    .map((line) => `\n${shortenMessage(withoutUrls(line))}`)
    .join('');

/** The default of V8. */
const MAX_FRAMES = 10;

const MAX_ISSUES = 10;

// An issue of zod. Its message can quote the value.
function describeIssue(issue: { readonly path?: unknown; readonly code?: unknown }): string {
  return shortenMessage(
    `${Array.isArray(issue.path) ? issue.path.join('.') : ''} ${String(issue.code)}`.trim(),
  );
}

/**
 * A text of another system, for a log: without URLs and e-mail addresses, and shortened.
 * @param max characters
 */
export function shortenForLog(text: string, max: number): string {
  const shown = withoutUrls(text.slice(0, 4 * max)).replace(WORD, (word) =>
    word.includes('@') ? '[email]' : word,
  );
  return shown.length <= max ? shown : `${shown.slice(0, max - 1)}…`;
}

/** URLs of any scheme, because those of databases contain passwords; except of files, which stacks name. */
const withoutUrls = (text: string) =>
  text.replace(/\b(?!file:)[a-z][a-z0-9+.-]{0,20}:\/\/[^\s"')]+/gi, '[url]');

/** An e-mail address is one, too. */
const WORD = /[^\s"'<>(),:;]+/g;
