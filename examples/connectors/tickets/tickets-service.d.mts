export interface TicketsOptions {
  /** @default any free port */
  readonly port?: number;
  /** The e-mail address of the token's agent. @default `agent@example.com` */
  readonly email?: string;
  /** @default `tickets-example-token` */
  readonly apiToken?: string;
  /** @default 700 in a minute */
  readonly rateLimit?: { readonly requests: number; readonly seconds: number };
  /** The delay until a search finds a new ticket, in milliseconds. @default a minute */
  readonly searchLagMs?: number;
  /** Called with the method and the URL of each request. */
  readonly onRequest?: (method: string, url: string) => void;
}

export interface Tickets {
  /** The URL of the account, without the path of its API. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Starts the ticket system. */
export function startTickets(options?: TicketsOptions): Promise<Tickets>;
