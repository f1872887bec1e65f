import { useEffect, useState } from 'react';

const PAUSE_MS = 250;

interface Search {
  /** The debounced input. */
  readonly text: string;
  /** Cancels the requests of this search when another search replaces it. */
  readonly signal: AbortSignal;
}

/** Debounced search: at most one request at a time. */
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
