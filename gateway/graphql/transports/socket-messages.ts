import type { Variables } from '../../operation/prepared-operation.ts';

/** The subprotocol: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
export const SUBPROTOCOL = 'graphql-transport-ws';

/** Close codes of the protocol, and of RFC 6455, section 7.4.1. */
export const CLOSE = {
  goingAway: 1001,
  policyViolation: 1008,
  tryAgainLater: 1013,
  badRequest: 4400,
  unauthorized: 4401,
  forbidden: 4403,
  subprotocolNotAcceptable: 4406,
  initialisationTimeout: 4408,
  subscriberExists: 4409,
  tooManyInitialisations: 4429,
  /** The code of graphql-ws's server, which its clients recognise. */
  internalError: 4500,
} as const;

type Fields = Readonly<Record<string, unknown>>;

/** A message of a client. */
export type ClientMessage =
  | { readonly type: 'connection_init'; readonly payload: Fields }
  | { readonly type: 'ping' | 'pong'; readonly payload: Fields | undefined }
  | { readonly type: 'subscribe'; readonly id: string; readonly payload: SubscribePayload }
  | { readonly type: 'complete'; readonly id: string };

/** The parameters of a request, in the format of a POST body. */
export interface SubscribePayload extends Fields {
  readonly query?: string | undefined;
  readonly variables?: Variables | null;
  readonly extensions?: Fields | null;
}

/** @returns the message, or the reason why it is invalid, short enough for a close frame */
export function readMessage(message: unknown): ClientMessage | string {
  if (!isRecord(message)) return 'A message must be a JSON object.';
  const { type, id, payload } = message;
  switch (type) {
    case 'connection_init':
      return isAbsentOrRecord(payload) ? { type, payload: payload ?? {} } : wrongPayload(type);
    case 'ping':
    case 'pong':
      return isAbsentOrRecord(payload)
        ? { type, payload: payload ?? undefined }
        : wrongPayload(type);
    case 'subscribe': {
      if (!isId(id)) return WRONG_ID;
      const read = readPayload(payload);
      return typeof read === 'string' ? read : { type, id, payload: read };
    }
    case 'complete':
      return isId(id) ? { type, id } : WRONG_ID;
    default:
      return 'The type of a message must be connection_init, ping, pong, subscribe or complete.';
  }
}

/** @returns the payload, or its violation of the protocol. Errors of the operation alone are reported later */
function readPayload(payload: unknown): SubscribePayload | string {
  if (!isRecord(payload)) return 'The payload of subscribe must be an object.';
  const { query, variables, operationName, extensions, ...others } = payload;
  if (!isAbsentOrRecord(variables)) return 'The variables must be an object.';
  if (!isAbsentOrRecord(extensions)) return 'The extensions must be an object.';
  if (operationName != null && typeof operationName !== 'string')
    return 'The operationName must be a string.';
  const absentAsNull = { variables: variables ?? null, extensions: extensions ?? null };
  const isPersisted =
    extensions?.['persistedQuery'] != null ||
    ['documentId', 'doc_id', 'id'].some((name) => typeof others[name] === 'string');
  // The protocol requires a query; clients with persisted operations send an empty one, or none.
  if (isPersisted && (query == null || query === ''))
    return { ...payload, query: undefined, ...absentAsNull };
  if (typeof query !== 'string') return 'The query must be a string.';
  return { ...payload, query, ...absentAsNull };
}

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isAbsentOrRecord = (value: unknown): value is Fields | null | undefined =>
  value == null || isRecord(value);

/** The length is unchecked, because the whole message has a limit. */
const isId = (id: unknown): id is string => typeof id === 'string' && id !== '';

const WRONG_ID = 'The id must be a string, and not empty.';

const wrongPayload = (type: string) => `The payload of ${type} must be an object, or absent.`;
