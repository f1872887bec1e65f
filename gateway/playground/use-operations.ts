import type { GraphiQLProps } from 'graphiql';
import { useMemo, useRef, useState } from 'react';
import type { Session } from './use-api-key.ts';
import { chosenOperation } from './chosen-operation.ts';
import { fetchTraced, type TracedResponse } from './fetch-traced.ts';
import { subscribe } from './subscribe.ts';

interface Operations {
  /** Sends GraphiQL's operations, and stores the trace of each tab's latest one. */
  readonly fetcher: GraphiQLProps['fetcher'];
  readonly onTabChange: NonNullable<GraphiQLProps['onTabChange']>;
  /** The latest response of the open tab. */
  readonly response: TracedResponse | undefined;
}

export interface OperationsOptions {
  /** Its key is sent with the operations of all tabs, unless a tab's headers have another credential. */
  readonly session: Session;
  /** Called after each request of a session with the reason of a refusal, or undefined. */
  readonly onAccess: (session: Session, refusal: string | undefined) => void;
  /** Called when the user runs an operation. */
  readonly onRun: () => void;
}

export function useOperations({ session, onAccess, onRun }: OperationsOptions): Operations {
  const [openTab, setOpenTab] = useState<string>();
  const [responses, setResponses] = useState<ReadonlyMap<string, TracedResponse>>(new Map());
  const latestTab = useRef<string>(undefined);

  // GraphiQL reads the schema again when its fetcher changes, which is only in a new session.
  const fetcher = useMemo<GraphiQLProps['fetcher']>(
    () =>
      async (operation, { headers: written } = {}) => {
        // GraphiQL has emptied the response before, which is a change of the tab: the ref is current.
        const id = latestTab.current;
        if (operation.operationName !== 'IntrospectionQuery') onRun();
        const headers = new Headers(written);
        const hasOwnCredential = headers.has('authorization') || headers.has('x-api-key');
        if (session.apiKey !== undefined && !hasOwnCredential)
          headers.set('authorization', `Bearer ${session.apiKey}`);
        const told = (refusal: string | undefined) => {
          if (!hasOwnCredential) onAccess(session, refusal);
        };
        if (chosenOperation(operation).isSubscription) {
          // Subscriptions have no trace; removes the calls of the previous operation.
          if (id !== undefined) setResponses((earlier) => without(earlier, id));
          return subscribe(operation, headers, told);
        }
        const { result, response, refusal } = await fetchTraced(operation, headers);
        told(refusal);
        if (id !== undefined && response)
          setResponses((earlier) => new Map(earlier).set(id, response));
        return result;
      },
    [session, onAccess, onRun],
  );
  const onTabChange = useMemo<Operations['onTabChange']>(
    () =>
      ({ tabs, activeTabIndex }) => {
        latestTab.current = tabs[activeTabIndex]?.id;
        setOpenTab(latestTab.current);
      },
    [],
  );
  const response = openTab === undefined ? undefined : responses.get(openTab);
  return { fetcher, onTabChange, response };
}

function without<Value>(map: ReadonlyMap<string, Value>, key: string): ReadonlyMap<string, Value> {
  const rest = new Map(map);
  rest.delete(key);
  return rest;
}
