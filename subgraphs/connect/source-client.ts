import type { Service } from '../../errors/coded-error.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { createUpstreamClient } from '../../upstream/upstream-client.ts';
import { accountOf, type UpstreamPolicy } from '../../upstream/upstream-policy.ts';
import type { AnyRequest, OutgoingRequest } from '../../upstream/upstream-request.ts';
import type { VendorResponse } from '../../upstream/vendor-response.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { SubgraphResources } from '../subgraph-resources.ts';
import { AccessTokens } from './access-tokens.ts';
import type { Source } from './connector-file.ts';
import { cachePolicyOf } from './source-cache.ts';
import type { SourceAuth } from './source-policy.ts';

/** Calls one source, according to its policy. */
export interface SourceClient {
  /** @throws CodedError */
  exchange(request: AnyRequest, scope: RequestScope): Promise<VendorResponse>;
  /** Applies another credential. */
  renew(auth: SourceAuth | undefined): void;
  close(): Promise<void>;
}

/** Default of a policy. */
const MAX_CONCURRENCY = 20;

/** @param service the subgraph, for errors */
export function createSourceClient(
  source: Source,
  service: Service,
  resources: SubgraphResources,
): SourceClient {
  const { retries } = source.policy;
  const credential = new SourceCredential(source, service, resources);
  const client = createUpstreamClient({
    service,
    vendor: source.name,
    baseUrl: source.baseUrl,
    authorize: (request) => {
      credential.authorize(request);
    },
    policy: upstreamPolicy(source, credential),
    resources: retries === undefined ? resources : { ...resources, maxTries: retries + 1 },
  });
  return {
    exchange: async (request, scope) => {
      const { tokens } = credential;
      if (tokens === undefined) return client.exchange(request, scope);
      const token = await tokens.get(scope);
      try {
        return await client.exchange(withToken(request, token), scope);
      } catch (error) {
        if (!(error instanceof UpstreamError) || error.status !== 401) throw error;
        // It was revoked, or expired early. Nothing was executed, so writes are sent again, too.
        tokens.forget(token);
        return client.exchange(withToken(request, await tokens.get(scope)), scope);
      }
    },
    renew: (auth) => {
      credential.renew(auth);
    },
    close: async () => {
      await Promise.all([client.close(), credential.close()]);
    },
  };
}

/** The credential for a source. It can be renewed: pending calls continue with the one they began with. */
class SourceCredential {
  /** Account name for rate limits: a renewed credential gets no fresh budget. */
  readonly budgetAccount: string;
  readonly #source: Source;
  readonly #open: (auth: SourceAuth | undefined) => AccessTokens | undefined;
  readonly #opened: AccessTokens[] = [];
  #auth: SourceAuth | undefined;
  #account: string;
  #tokens: AccessTokens | undefined;

  constructor(source: Source, service: Service, resources: SubgraphResources) {
    this.#source = source;
    this.#open = (auth) => {
      if (auth?.kind !== 'oauth2') return undefined;
      const tokens = new AccessTokens({ auth, service, vendor: source.name, resources });
      this.#opened.push(tokens);
      return tokens;
    };
    this.#auth = source.policy.auth;
    this.#account = this.#accountOf(this.#auth);
    this.#tokens = this.#open(this.#auth);
    this.budgetAccount = this.#account;
  }

  /** Account name for cached responses. */
  get account(): string {
    return this.#account;
  }

  get tokens(): AccessTokens | undefined {
    return this.#tokens;
  }

  authorize(request: OutgoingRequest): void {
    authorizeBy(this.#auth)(request);
  }

  renew(auth: SourceAuth | undefined): void {
    const account = this.#accountOf(auth);
    if (account === this.#account) return;
    this.#auth = auth;
    this.#account = account;
    this.#tokens = this.#open(auth);
  }

  async close(): Promise<void> {
    await Promise.all(this.#opened.map((tokens) => tokens.close()));
  }

  #accountOf = (auth: SourceAuth | undefined): string =>
    accountOf(JSON.stringify([this.#source.baseUrl, auth]));
}

/** OAuth2 tokens are added to each request separately. */
export const authorizeBy =
  (auth: SourceAuth | undefined) =>
  ({ headers, query }: OutgoingRequest): void => {
    if (auth?.kind === 'header') headers[auth.name] = auth.value;
    if (auth?.kind === 'query') query[auth.name] = auth.value;
  };

const withToken = (request: AnyRequest, token: string): AnyRequest => ({
  ...request,
  authorization: `Bearer ${token}`,
});

function upstreamPolicy({ policy }: Source, credential: SourceCredential): UpstreamPolicy {
  const { concurrency = MAX_CONCURRENCY, timeoutMs, rate, cache } = policy;
  return {
    maxConcurrency: concurrency,
    timeoutMs,
    ...(cache !== undefined && { cache: cachePolicyOf(cache, credential) }),
    ...(rate != null && {
      limits: {
        account: credential.budgetAccount,
        rates: { [ALL_CALLS]: rate },
        limitOf: () => ALL_CALLS,
      },
    }),
  };
}

/** A source has one rate limit. */
const ALL_CALLS = 'calls';
