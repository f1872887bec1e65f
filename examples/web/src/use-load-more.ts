import { useState } from 'react';

/** Loads the next page of a list on demand: one page at a time, with a retry after a failure. */
export function useLoadMore(fetchPage: () => Promise<unknown>) {
  const [isLoading, setLoading] = useState(false);
  const [error, setError] = useState<unknown>();
  const loadMore = () => {
    setLoading(true);
    setError(undefined);
    fetchPage()
      .catch(setError)
      .finally(() => {
        setLoading(false);
      });
  };
  return { isLoading, error, loadMore };
}
