import { getNamedType, type GraphQLSchema, isObjectType, isRequiredArgument } from 'graphql';
import type { Client } from 'graphql-ws/client';
import { createLiveSocket, isRefused, type SubscriptionError, toErrors } from './live-socket.ts';

/** A field of the schema's `Subscription` type. */
export interface ChangeSubscription {
  readonly field: string;
  /** The type of its records: `Payment`. */
  readonly type: string;
}

export interface RecordChange {
  readonly type: string;
  readonly id: string;
  /** `UPDATED` */
  readonly kind: string;
  /** ISO 8601 */
  readonly at: string;
}

/** Fields whose payload has the id, kind and time of a change, and that need no arguments. */
export function changeSubscriptionsOf(
  schema: GraphQLSchema | null | undefined,
): readonly ChangeSubscription[] {
  const fields = Object.values(schema?.getSubscriptionType()?.getFields() ?? {});
  return fields.flatMap(({ name, args, type }) => {
    const payload = getNamedType(type);
    if (!isObjectType(payload) || args.some(isRequiredArgument)) return [];
    const { id, kind, at, ...others } = payload.getFields();
    if (id === undefined || kind === undefined || at === undefined) return [];
    const record = Object.values(others)
      .map((other) => getNamedType(other.type))
      .find(isObjectType);
    return [{ field: name, type: (record ?? payload).name }];
  });
}

export interface FollowOptions {
  readonly headers: Headers;
  /** The position of each field, which is updated. A field without a cursor starts at the present. */
  readonly cursors: Map<string, string>;
  readonly onConnected: () => void;
  /** Called when the connection is lost, or cannot be opened. It is tried again. */
  readonly onLost: (errors: readonly SubscriptionError[]) => void;
  readonly onChange: (change: RecordChange) => void;
  /** Called when changes are missing or a subscription has ended. */
  readonly onErrors: (errors: readonly SubscriptionError[]) => void;
}

/**
 * Subscribes to all fields over one WebSocket.
 * @returns a function that ends the subscriptions
 */
export function followChanges(
  subscriptions: readonly ChangeSubscription[],
  options: FollowOptions,
): () => void {
  const { headers, cursors, onConnected, onLost } = options;
  let isOver = false;
  let wasConnected = false;
  const socket = createLiveSocket(headers, {
    retryAttempts: Infinity,
    retryWait: (retries) =>
      new Promise((resolve) =>
        setTimeout(resolve, Math.min(PAUSE_MS * 2 ** retries, MAX_PAUSE_MS)),
      ),
    shouldRetry: (reason) => {
      if (isRefused(reason)) return false;
      if (!isOver) onLost(toErrors(reason, wasConnected));
      return true;
    },
    on: {
      connected: () => {
        wasConnected = true;
        onConnected();
      },
      // The cursor of a ping is valid for all streams of the WebSocket. A stream with a payload has a later one.
      ping: (_received, payload: Readonly<Record<string, unknown>> | undefined) => {
        for (const { field } of subscriptions)
          if (!cursors.has(field)) keep(cursors, field, payload?.['cursor']);
      },
    },
  });
  const ends = subscriptions.map((subscription) => follow(subscription, socket, options));
  return () => {
    isOver = true;
    for (const end of ends) end();
  };
}

/** Subscribes to a field, again whenever the server ends a stream that it opens again. */
function follow(
  { field, type }: ChangeSubscription,
  socket: Client,
  { cursors, onChange, onErrors }: FollowOptions,
): () => void {
  let timer: number | undefined;
  let end: () => void = () => undefined;
  const open = () => {
    end = socket.subscribe<
      Readonly<Record<string, Omit<RecordChange, 'type'> | null>>,
      { readonly cursor?: string }
    >(
      {
        query: `subscription { ${field} { id kind at } }`,
        // Read again for each connection.
        get extensions() {
          const resumeFrom = cursors.get(field);
          return resumeFrom === undefined ? {} : { resumeFrom };
        },
      },
      {
        next: ({ data, errors, extensions }) => {
          keep(cursors, field, extensions?.cursor);
          const change = data?.[field];
          if (change) onChange({ type, ...change });
          if (errors !== undefined) onErrors(errors);
        },
        error: (reason) => {
          const errors = toErrors(reason);
          keep(cursors, field, errors[0]?.extensions?.['cursor']);
          if (isOpenedAgain(errors)) timer = window.setTimeout(open, PAUSE_MS);
          else onErrors(errors);
        },
        complete: () => undefined,
      },
    );
  };
  open();
  return () => {
    clearTimeout(timer);
    end();
  };
}

function keep(cursors: Map<string, string>, field: string, cursor: unknown) {
  if (typeof cursor === 'string') cursors.set(field, cursor);
}

/** Whether the server has ended a stream that it opens again: a stream has a maximum age, and servers restart. */
const isOpenedAgain = (errors: readonly SubscriptionError[]) =>
  errors.every(({ extensions }) => ENDED.has(extensions?.['code']));

const ENDED: ReadonlySet<unknown> = new Set(['SERVER_DRAINING', 'STREAM_EXPIRED']);

const PAUSE_MS = 1000;
const MAX_PAUSE_MS = 10_000;
