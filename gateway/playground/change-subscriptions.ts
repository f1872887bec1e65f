import { getNamedType, type GraphQLSchema, isObjectType, isRequiredArgument } from 'graphql';
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
  readonly onChange: (change: RecordChange) => void;
  /** Called when changes are missing or the subscription has ended. */
  readonly onErrors: (errors: readonly SubscriptionError[]) => void;
}

/**
 * Subscribes to all fields over one WebSocket.
 * @returns a function that ends the subscriptions
 */
export function followChanges(
  subscriptions: readonly ChangeSubscription[],
  { headers, cursors, onConnected, onChange, onErrors }: FollowOptions,
): () => void {
  const keep = (field: string, cursor: unknown) => {
    if (typeof cursor === 'string') cursors.set(field, cursor);
  };
  const socket = createLiveSocket(headers, {
    shouldRetry: (reason) => !isRefused(reason),
    on: {
      connected: onConnected,
      // The cursor of a ping is valid for all streams of the WebSocket. A stream with a payload has a later one.
      ping: (_received, payload: Readonly<Record<string, unknown>> | undefined) => {
        for (const { field } of subscriptions)
          if (!cursors.has(field)) keep(field, payload?.['cursor']);
      },
    },
  });
  const ends = subscriptions.map(({ field, type }) =>
    socket.subscribe<
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
          keep(field, extensions?.cursor);
          const change = data?.[field];
          if (change) onChange({ type, ...change });
          if (errors !== undefined) onErrors(errors);
        },
        error: (reason) => {
          onErrors(toErrors(reason));
        },
        complete: () => undefined,
      },
    ),
  );
  return () => {
    for (const end of ends) end();
  };
}
