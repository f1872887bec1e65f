/** An operation in the page's URL: `/?query=…&variables=…`. */
export interface LinkedOperation {
  readonly query: string;
  readonly variables: string | null;
}

const TOO_LONG = '# The operation of this link is too long. Paste it here instead.\n';

/** The gateway accepts 16 kB of headers, including the URL. */
const MAX_LENGTH = 8_000;

/**
 * Removes the linked operation from the page's URL, so that a reload does not open it again. The operation is not run, because links are
 * untrusted.
 */
export function takeLinkedOperation(): LinkedOperation | undefined {
  const { search, pathname } = location;
  if (search === '') return undefined;
  history.replaceState(null, '', pathname);
  if (search.length > MAX_LENGTH) return { query: TOO_LONG, variables: null };
  const parameters = new URLSearchParams(search);
  const query = parameters.get('query')?.trim() ?? '';
  return query === '' ? undefined : { query, variables: parameters.get('variables') };
}

/** @returns undefined for an operation that is too long for a URL. Headers are omitted: they can contain a credential. */
export function linkTo(query: string, variables: string): string | undefined {
  const parameters = new URLSearchParams({
    query,
    ...(variables.trim() !== '' && { variables }),
  });
  const search = `?${parameters.toString()}`;
  return search.length > MAX_LENGTH ? undefined : `${location.origin}${location.pathname}${search}`;
}
