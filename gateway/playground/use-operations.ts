import type { GraphiQLProps } from 'graphiql';
import { useMemo, useRef, useState } from 'react';
import type { Session } from './use-api-key.ts';
import { chosenOperation } from './chosen-operation.ts';
import { fetchTraced, type TracedResponse } from './fetch-traced.ts';
import { subscribe } from './subscribe.ts';

interface Operations {
  /** Sends GraphiQL's operations, and keeps the trace of each tab's latest one. */
  readonly fetcher: GraphiQLProps['fetcher'];
  readonly onTabChange: NonNullable<GraphiQLProps['onTabChange']>;
  /** The latest response of the tab that is open. */
  readonly response: TracedResponse | undefined;
}

export interface OperationsOptions {
  /** Its key is sent with the operations of all tabs, unless a tab's headers have another credential. */
  readonly session: Session;
  /** Called after each request of a session: why it was refused, or undefined if it was not. */
  readonly onAccess: (session: Session, refusal: string | undefined) => void;
  /** Called when the user runs an operation. */
  readonly onRun: () => void;
}

export function useOperations({ session, onAccess, onRun }: OperationsOptions): Operations {
  const [openTab, setOpenTab] = useState<string>();
  const [responses, setResponses] = useState<ReadonlyMap<string, TracedResponse>>(new Map());
  const latestTab = useRef<string>(undefined);

  // GraphiQL reads the schema again when its fetcher changes: in another session, and at no other time.
  const fetcher = useMemo<GraphiQLProps['fetcher']>(
    () =>
      async (operation, { headers: written } = {}) => {
        // GraphiQL empties the response before it sends an operation, which is a change of the tab: the tab is known by now.
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
          // Its payloads have no trace, and the calls of what ran before are not its.
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
