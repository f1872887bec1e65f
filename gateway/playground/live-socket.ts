import { type Client, type ClientOptions, createClient } from 'graphql-ws/client';

/** A WebSocket to this page's gateway. It is open while there are subscriptions. */
export const createLiveSocket = (
  headers: Headers,
  options: Pick<ClientOptions, 'on' | 'retryAttempts' | 'retryWait' | 'shouldRetry'>,
): Client =>
  createClient({
    url: `${location.origin.replace(/^http/, 'ws')}/graphql`,
    // Browsers cannot set headers of a WebSocket.
    connectionParams: Object.fromEntries(headers),
    ...options,
  });

export interface SubscriptionError {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/**
 * Why a subscription has ended: the gateway's errors, or what closed the WebSocket.
 * @param wasConnected whether the WebSocket was open before
 */
export function toErrors(reason: unknown, wasConnected = false): readonly SubscriptionError[] {
  // The cast is safe: the errors are the gateway's.
  if (Array.isArray(reason)) return reason as readonly SubscriptionError[];
  if (!(reason instanceof CloseEvent)) return [{ message: String(reason) }];
  const { code, wasClean } = reason;
  if (isRefused(reason)) return [REFUSED];
  if (wasClean) return [{ message: `${CLOSED} (${String(code)}).` }];
  return [{ message: wasConnected ? LOST : NOT_OPENED }];
}

/** Whether the gateway has closed the WebSocket because of its credential. */
export const isRefused = (reason: unknown): boolean =>
  reason instanceof CloseEvent && reason.code === FORBIDDEN;

/** @returns why the gateway refuses the credential or its absence; undefined for another error */
export const refusalIn = (errors: readonly SubscriptionError[]): string | undefined =>
  errors.find(({ extensions }) => extensions?.['code'] === 'UNAUTHENTICATED')?.message;

/** The gateway's close code for a missing or invalid credential. */
const FORBIDDEN = 4403;

const REFUSED: SubscriptionError = {
  message: 'The gateway refuses the credential of the WebSocket, or a WebSocket without one.',
  extensions: { code: 'UNAUTHENTICATED' },
};

const CLOSED = 'The gateway closed the WebSocket';

const LOST = 'The connection to the gateway was lost.';

const NOT_OPENED =
  'The WebSocket to the gateway could not be opened. Without a credential it can be opened at localhost, or at the host of PUBLIC_URL.';
