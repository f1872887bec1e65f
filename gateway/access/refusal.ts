import { CodedError } from '../../errors/coded-error.ts';

/** The request is refused because it has no valid credential. */
export class Unauthenticated extends CodedError {
  override readonly name = 'Unauthenticated';
  /** For the header `WWW-Authenticate`. */
  readonly challenge: string;

  constructor(message: string, challenge: string) {
    super('UNAUTHENTICATED', message);
    this.challenge = challenge;
  }
}

const REALM = 'Bearer realm="tributary"';

/** One instance for all requests: a stack trace for each would take at least 20 µs of a refusal's 200 µs. */
export const NO_CREDENTIAL = new Unauthenticated(
  'The request needs a credential. Send the header Authorization: Bearer <token or API key>.',
  REALM,
);

/** @param message for the client; ASCII without quotes: RFC 6750, section 3 */
export const invalidCredential = (message: string) =>
  new Unauthenticated(message, `${REALM}, error="invalid_token", error_description="${message}"`);

/** The credential could not be checked; it may be valid. */
export const cannotCheck = (cause?: unknown) =>
  new CodedError(
    'UPSTREAM_UNAVAILABLE',
    'The credential cannot be checked at the moment. Try again later.',
    { retryAfter: 5, cause },
  );
