export interface TicketsOptions {
  /** @default any that is free */
  readonly port?: number;
  /** The agent whose token it is. @default `agent@example.com` */
  readonly email?: string;
  /** @default `tickets-example-token` */
  readonly apiToken?: string;
  /** @default 700 in a minute */
  readonly rateLimit?: { readonly requests: number; readonly seconds: number };
  /** How long a search does not find a new ticket. @default a minute */
  readonly searchLagMs?: number;
  /** Is called with the method and the URL of each request. */
  readonly onRequest?: (method: string, url: string) => void;
}

export interface Tickets {
  /** The URL of the account, without the path of its API. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts it. */
export function startTickets(options?: TicketsOptions): Promise<Tickets>;
