import type { GraphiQLProps } from 'graphiql';
import { useMemo, useRef, useState } from 'react';
import { fetchTraced, type TracedResponse } from './fetch-traced.ts';

interface TracedResponses {
  /** Answers GraphiQL's operations, and keeps the trace of each tab's latest one. */
  readonly fetcher: GraphiQLProps['fetcher'];
  readonly onTabChange: NonNullable<GraphiQLProps['onTabChange']>;
  /** The latest answer of the tab that is open. */
  readonly answer: TracedResponse | undefined;
}

export function useTracedResponses(): TracedResponses {
  const [openTab, setOpenTab] = useState<string>();
  const [answers, setAnswers] = useState<ReadonlyMap<string, TracedResponse>>(new Map());
  const latestTab = useRef<string>(undefined);

  // GraphiQL reads both functions once, so they may not change between renderings.
  const stable = useMemo(
    () => ({
      fetcher: async (...[operation, options]: Parameters<GraphiQLProps['fetcher']>) => {
        // GraphiQL empties the response before it asks, which is a change of the tab: the tab is known by now.
        const tab = latestTab.current;
        const { result, answer } = await fetchTraced(operation, options?.headers);
        if (tab !== undefined && answer) setAnswers((earlier) => new Map(earlier).set(tab, answer));
        return result;
      },
      onTabChange: ({ tabs, activeTabIndex }: Parameters<TracedResponses['onTabChange']>[0]) => {
        latestTab.current = tabs[activeTabIndex]?.id;
        setOpenTab(latestTab.current);
      },
    }),
    [],
  );
  return { ...stable, answer: openTab === undefined ? undefined : answers.get(openTab) };
}
