import type { GraphQLSchema } from 'graphql';
import { useEffect, useMemo, useRef, useState } from 'react';
import { changeSubscriptionsOf, followChanges, type RecordChange } from './change-subscriptions.ts';
import { refusalIn } from './live-socket.ts';
import type { Access, Session } from './use-api-key.ts';

export interface RecordEvent extends RecordChange {
  /** Unique in the page. */
  readonly key: number;
}

interface Events {
  /** Newest first, at most 100. */
  readonly events: readonly RecordEvent[];
  /** Why events are missing. */
  readonly problem: string | undefined;
  /** Why there is no connection at the moment. */
  readonly lost: string | undefined;
}

export interface EventsOptions {
  /** Whether to receive events. After reopening, it resumes at the last cursor. */
  readonly isOpen: boolean;
  readonly schema: GraphQLSchema | null | undefined;
  readonly access: Access;
}

/** The changes to which the caller can subscribe. */
export function useEvents({ isOpen, schema, access }: EventsOptions): Events {
  const { session, setRefusal } = access;
  const subscriptions = useMemo(() => changeSubscriptionsOf(schema), [schema]);
  const [state, setState] = useState<OfSession<Events>>({ session, ...NONE });
  const latest = useRef<OfSession<{ cursors: Map<string, string> }>>({
    session,
    cursors: new Map(),
  });

  useEffect(() => {
    if (!isOpen || subscriptions.length === 0) return undefined;
    if (latest.current.session !== session) latest.current = { session, cursors: new Map() };
    const update = (change: (earlier: Events) => Partial<Events>) => {
      setState((earlier) => {
        const own = earlier.session === session ? earlier : { session, ...NONE };
        return { ...own, ...change(own) };
      });
    };
    update(() => ({ problem: undefined, lost: undefined }));
    return followChanges(subscriptions, {
      headers: new Headers(
        session.apiKey === undefined ? {} : { authorization: `Bearer ${session.apiKey}` },
      ),
      cursors: latest.current.cursors,
      onConnected: () => {
        setRefusal(session, undefined);
        update(() => ({ lost: undefined }));
      },
      onLost: (errors) => {
        update(() => ({ lost: errors[0]?.message }));
      },
      onChange: (change) => {
        const event = { ...change, key: (lastKey += 1) };
        update(({ events }) => ({ events: [event, ...events].slice(0, MAX_EVENTS) }));
      },
      onErrors: (errors) => {
        const refusal = refusalIn(errors);
        if (refusal !== undefined) setRefusal(session, refusal);
        update(() => ({ problem: errors[0]?.message }));
      },
    });
  }, [isOpen, subscriptions, session, setRefusal]);

  return state.session === session ? state : NONE;
}

type OfSession<Value> = Value & { readonly session: Session };

const NONE: Events = { events: [], problem: undefined, lost: undefined };

const MAX_EVENTS = 100;

let lastKey = 0;
