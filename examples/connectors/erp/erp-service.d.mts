export interface ErpOptions {
  /** @default any free port */
  readonly port?: number;
  /** @default `erp-example-key` */
  readonly apiKey?: string;
  /** Secret of the OAuth2 client `tributary`. @default `erp-example-secret` */
  readonly clientSecret?: string;
  /** Lifetime of an access token, in seconds. @default 3600 */
  readonly tokenSeconds?: number;
  /** Rate limit. Excess requests get the status 429. @default 1000 */
  readonly requestsPerSecond?: number;
  /** Called with each request. The return value replaces the system's response. */
  readonly onRequest?: (method: string, url: string, body: unknown) => unknown;
}

/** `hang` sends no response; `break` handles the request and then breaks the connection. */
export type ErpFault =
  | 'hang'
  | 'break'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** A string is sent unchanged. */
      readonly body?: unknown;
    };

export interface Erp {
  /** The base URL of its API. */
  readonly url: string;
  /** The token endpoint for OAuth2 clients. */
  readonly tokenUrl: string;
  /** Revokes all issued access tokens. */
  readonly revokeTokens: () => void;
  /** The number of created orders. */
  readonly createdOrders: () => number;
  readonly close: () => Promise<void>;
}

/** Starts the order system. */
export function startErp(options?: ErpOptions): Promise<Erp>;
