import { z } from 'zod';
import type { Service } from '../../errors/coded-error.ts';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';
import { cancellationOf } from '../../request/cancellation.ts';
import { SingleFlight } from '../../upstream/single-flight.ts';
import { createUpstreamClient, type UpstreamClient } from '../../upstream/upstream-client.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { QueryValue } from '../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../upstream/vendor-response.ts';
import { parseWire, safeParseWire } from '../../upstream/wire.ts';
import type { SubgraphResources } from '../subgraph-resources.ts';
import { type GrantedToken, RefreshedTokens } from './refreshed-tokens.ts';
import type { OAuth2 } from './source-policy.ts';

export interface AccessTokensOptions {
  readonly auth: OAuth2;
  /** The service in errors. */
  readonly service: Service;
  /** The name of the source, for the trace. */
  readonly vendor: string;
  readonly resources: SubgraphResources;
}

/**
 * Access tokens of client credentials or of a refresh token. Callers share a token, which is used until it expires or the source refuses
 * it.
 * Shortly before it expires another one is fetched, while calls use the old one.
 */
export class AccessTokens {
  readonly #client: UpstreamClient;
  readonly #obtain: (replaced: string | undefined, scope: RequestScope) => Promise<GrantedToken>;
  readonly #cancelled: (cause: Error) => UpstreamError;
  readonly #flights: SingleFlight<Token>;
  #token: Token | undefined;
  #refused: string | undefined;
  /** The pending fetch. */
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
        headers['authorization'] = tokenAuthorization(auth);
      },
      policy: { maxConcurrency: 1 },
      describeRefusal,
      resources,
    });
    const send = (form: Readonly<Record<string, QueryValue>>, scope: RequestScope) =>
      this.#client.send({ ...requestOf(pathname), form }, scope);
    const { refreshToken } = auth;
    const scopes = auth.scopes.length === 0 ? undefined : auth.scopes.join(' ');
    if (refreshToken === undefined)
      this.#obtain = (_replaced, scope) =>
        send({ grant_type: 'client_credentials', scope: scopes }, scope);
    else {
      const tokens = new RefreshedTokens({
        auth: { ...auth, refreshToken },
        service,
        keyValues: resources.state.keyValues,
        send: (token, scope) =>
          send({ grant_type: 'refresh_token', refresh_token: token, scope: scopes }, scope),
      });
      this.#obtain = (replaced, scope) => tokens.renew(replaced, scope);
    }
  }

  /** @throws UpstreamError if no token can be fetched, or the request's deadline has passed */
  async get({ signal }: RequestScope): Promise<string> {
    const now = performance.now();
    // A fetch continues after all its callers have cancelled: the next caller joins it.
    const fetch = () => (this.#fetched ??= this.#fetch());
    if (this.#token !== undefined && now < this.#token.expiresAt) {
      // A failed renewal is tried again by the next call.
      if (now >= this.#token.renewAt) fetch().catch(() => undefined);
      return this.#token.text;
    }
    const cancellation = cancellationOf(signal);
    if (cancellation.reason !== undefined) throw this.#cancelled(cancellation.reason);
    return (await this.#flights.share(THE_TOKEN, { cancellation }, fetch)).text;
  }

  /** Invalidates a token that the source has refused: the next call fetches another one, unless there is one already. */
  forget(text: string): void {
    this.#refused = text;
    if (this.#token?.text === text) this.#token = undefined;
  }

  close = (): Promise<void> => this.#client.close();

  /** Has its own time limit: the callers that share it have different deadlines. */
  async #fetch(): Promise<Token> {
    const scope = {
      signal: AbortSignal.timeout(FETCH_MS),
      deadlineAt: performance.now() + FETCH_MS,
      trace: createCallTrace(),
    };
    try {
      this.#token = toToken(await this.#obtain(this.#token?.text ?? this.#refused, scope));
      return this.#token;
    } finally {
      this.#fetched = undefined;
    }
  }
}

interface Token {
  readonly text: string;
  /** Time of the renewal, by `performance.now()`. */
  readonly renewAt: number;
  /** Time of expiry, by `performance.now()`. */
  readonly expiresAt: number;
}

/** All callers share one token. */
const THE_TOKEN = 'token';

/** Time limit of a token endpoint. */
const FETCH_MS = 10_000;

const requestOf = (path: string) =>
  ({ method: 'POST', path, read: readToken, explain: explainRefusal }) as const;

const TOKEN = /^[\x20-\x7e]{1,16000}$/;

const tokenSchema = z.object({
  access_token: z.string().regex(/^[\x21-\x7e]{1,16000}$/),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.number().positive().optional(),
  refresh_token: z.string().regex(TOKEN).optional(),
});

/** RFC 6749, section 5.1. A token without `expires_in` is used until the source refuses it. */
function readToken(body: unknown): GrantedToken {
  const { access_token, refresh_token, expires_in = Infinity } = parseWire(tokenSchema, body);
  return { accessToken: access_token, refreshToken: refresh_token, seconds: expires_in };
}

const REFUSALS = new Set([400, 401, 403]);

/** RFC 6749, section 5.2: an invalid or expired credential also gets a 400. */
const explainRefusal = ({ status }: UpstreamResponse) =>
  REFUSALS.has(status) ? 'UPSTREAM_AUTH' : undefined;

const errorSchema = z.object({ error: z.string() });

/** The error code of RFC 6749, section 5.2: `invalid_grant`. */
const describeRefusal = ({ body }: UpstreamResponse) => ({
  category: safeParseWire(errorSchema, body).data?.error,
});

function toToken({ accessToken, seconds }: GrantedToken): Token {
  const now = performance.now();
  const renewEarly = Math.min(MAX_EARLY_SECONDS, seconds / 10);
  const expireEarly = Math.min(MAX_MARGIN_SECONDS, seconds / 20);
  return {
    text: accessToken,
    renewAt: now + (seconds - renewEarly) * 1000,
    expiresAt: now + (seconds - expireEarly) * 1000,
  };
}

const MAX_EARLY_SECONDS = 60;

/** A token that expires during a call would be refused. */
const MAX_MARGIN_SECONDS = 10;

/** RFC 6749, section 2.3.1: both are form-encoded. */
export const tokenAuthorization = ({ clientId, clientSecret }: OAuth2) =>
  `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString('base64')}`;
