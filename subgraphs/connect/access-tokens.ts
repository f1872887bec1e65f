import { z } from 'zod';
import type { Service } from '../../errors/coded-error.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';
import { cancellationOf } from '../../request/cancellation.ts';
import { SingleFlight } from '../../upstream/single-flight.ts';
import { createUpstreamClient, type UpstreamClient } from '../../upstream/upstream-client.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { UpstreamResources } from '../../upstream/upstream-policy.ts';
import type { UpstreamRequest } from '../../upstream/upstream-request.ts';
import { parseWire } from '../../upstream/wire.ts';
import type { OAuth2 } from './source-policy.ts';

export interface AccessTokensOptions {
  readonly auth: OAuth2;
  /** Which errors name. */
  readonly service: Service;
  /** The name of the source, for the trace. */
  readonly vendor: string;
  readonly resources: UpstreamResources;
}

/** Access tokens of client credentials: one is fetched for all who wait, and used until it expires or the source refuses it. */
export class AccessTokens {
  readonly #client: UpstreamClient;
  readonly #request: UpstreamRequest<Token>;
  readonly #cancelled: (cause: Error) => UpstreamError;
  readonly #flights: SingleFlight<Token>;
  #token: Token | undefined;
  /** While one is under way. */
  #fetched: Promise<Token> | undefined;

  constructor({ auth, service, vendor, resources }: AccessTokensOptions) {
    const { origin, pathname } = new URL(auth.tokenUrl);
    this.#cancelled = (cause) => new UpstreamError('UPSTREAM_TIMEOUT', service, { cause });
    this.#flights = new SingleFlight(this.#cancelled);
    this.#client = createUpstreamClient({
      service,
      vendor,
      api: 'token',
      baseUrl: origin,
      authorize: ({ headers }) => {
        headers['authorization'] = basicOf(auth);
      },
      policy: { maxConcurrency: 1 },
      resources,
    });
    this.#request = {
      method: 'POST',
      path: pathname,
      form: {
        grant_type: 'client_credentials',
        scope: auth.scopes.length === 0 ? undefined : auth.scopes.join(' '),
      },
      read: readToken,
    };
  }

  /** @throws UpstreamError where none can be had, or the request's time is over */
  async get({ signal }: RequestScope): Promise<string> {
    if (this.#token !== undefined && performance.now() < this.#token.expiresAt)
      return this.#token.text;
    const cancellation = cancellationOf(signal);
    if (cancellation.reason !== undefined) throw this.#cancelled(cancellation.reason);
    // A fetch goes on although all who waited for it gave up: the next caller joins it.
    const fetch = () => (this.#fetched ??= this.#fetch());
    return (await this.#flights.share(THE_TOKEN, { cancellation }, fetch)).text;
  }

  /** The source has refused a token: the next call fetches another one, unless there is one already. */
  forget(text: string): void {
    if (this.#token?.text === text) this.#token = undefined;
  }

  close = (): Promise<void> => this.#client.close();

  /** With a time of its own: callers that share it have different deadlines. */
  async #fetch(): Promise<Token> {
    const scope = {
      signal: AbortSignal.timeout(FETCH_MS),
      deadlineAt: performance.now() + FETCH_MS,
      trace: createCallTrace(),
    };
    try {
      this.#token = await this.#client.send(this.#request, scope);
      return this.#token;
    } finally {
      this.#fetched = undefined;
    }
  }
}

interface Token {
  readonly text: string;
  /** By `performance.now()`. */
  readonly expiresAt: number;
}

/** All callers want the same one. */
const THE_TOKEN = 'token';

/** For a token endpoint that hangs. */
const FETCH_MS = 10_000;

const tokenSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,16000}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().optional(),
});

/** RFC 6749, section 5.1. A token without a time is used until the source refuses it. */
function readToken(body: unknown): Token {
  const { access_token: text, expires_in: seconds = Infinity } = parseWire(tokenSchema, body);
  const early = Math.min(MAX_EARLY_SECONDS, seconds / 10);
  return { text, expiresAt: performance.now() + (seconds - early) * 1000 };
}

/** A token that expires while a call is under way would be refused. */
const MAX_EARLY_SECONDS = 30;

/** RFC 6749, section 2.3.1: both are encoded as in a form. */
const basicOf = ({ clientId, clientSecret }: OAuth2) =>
  `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`;
