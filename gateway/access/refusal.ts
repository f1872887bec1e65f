import { CodedError } from '../../errors/coded-error.ts';

/** A request is not answered, because of who asks, or because nobody knows who does. */
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

/** One for all requests: a stack trace for each would take 20 µs or more of a refusal's 200. */
export const NO_CREDENTIAL = new Unauthenticated(
  'The request needs a credential. Send the header Authorization: Bearer <token or API key>.',
  REALM,
);

/** @param message is told to whoever sent the credential; ASCII without quotes: RFC 6750, section 3. */
export const invalidCredential = (message: string) =>
  new Unauthenticated(message, `${REALM}, error="invalid_token", error_description="${message}"`);

/** Whether a credential is right cannot be found out, which says nothing of the credential. */
export const cannotCheck = (cause?: unknown) =>
  new CodedError(
    'UPSTREAM_UNAVAILABLE',
    'The credential cannot be checked at the moment. Try again later.',
    { retryAfter: 5, cause },
  );
