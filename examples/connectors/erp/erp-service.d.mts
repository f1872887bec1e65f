export interface ErpOptions {
  /** @default any that is free */
  readonly port?: number;
  /** @default `erp-example-key` */
  readonly apiKey?: string;
  /** Of the OAuth2 client `tributary`. @default `erp-example-secret` */
  readonly clientSecret?: string;
  /** For how long a token is valid. @default 3600 */
  readonly tokenSeconds?: number;
  /** More are refused with the status 429. @default 1000 */
  readonly requestsPerSecond?: number;
  /** Is called with each request, and may answer it in place of the system. */
  readonly onRequest?: (method: string, url: string, body: unknown) => unknown;
}

/** `hang` answers nothing; `break` does what was asked and breaks the connection. */
export type ErpFault =
  | 'hang'
  | 'break'
  | {
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** A text is sent as it is. */
      readonly body?: unknown;
    };

export interface Erp {
  /** The base URL of its API. */
  readonly url: string;
  /** Where it gives out tokens to OAuth2 clients. */
  readonly tokenUrl: string;
  /** Makes all tokens that were given out invalid. */
  readonly revokeTokens: () => void;
  /** How many orders were created. */
  readonly createdOrders: () => number;
  readonly close: () => Promise<void>;
}

/** Starts it. */
export function startErp(options?: ErpOptions): Promise<Erp>;
