export interface ErpOptions {
  /** @default any that is free */
  readonly port?: number;
  /** @default `erp-example-key` */
  readonly apiKey?: string;
  /** Is called with the method and the URL of each request. */
  readonly onRequest?: (method: string, url: string) => void;
}

export interface Erp {
  /** The base URL of its API. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts it. */
export function startErp(options?: ErpOptions): Promise<Erp>;
