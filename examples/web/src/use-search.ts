import { useEffect, useState } from 'react';

const PAUSE_MS = 250;

interface Search {
  /** What was typed when there was a pause. */
  readonly text: string;
  /** Cancels the requests of this search as soon as another one replaces it. */
  readonly signal: AbortSignal;
}

/** The search for what a user types: not for every key, and never two at a time. */
export function useSearch(typed: string): Search {
  const [search, setSearch] = useState(() => ({ text: typed, controller: new AbortController() }));
  useEffect(() => {
    if (typed === search.text) return;
    const timer = setTimeout(() => {
      setSearch({ text: typed, controller: new AbortController() });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, search]);
  useEffect(
    () => () => {
      search.controller.abort();
    },
    [search],
  );
  return { text: search.text, signal: search.controller.signal };
}
