import { createHash } from 'node:crypto';
import type { TypedDocumentString } from './__generated__/graphql.ts';

export interface GraphQLResult<Result> {
  /** Null where nothing could be answered. A field that failed is null, and `errors` say why. */
  readonly data?: Result | null;
  readonly errors?: readonly GraphQLResultError[];
}

export interface GraphQLResultError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
}

/**
 * Sends the operation's hash by GET, so that caches on the way can keep the answer, and the whole operation only where the
 * gateway has not met it yet.
 * @returns the answer, the bytes of all bodies received, how many requests it took, and the cursor from which a subscription goes on.
 */
export async function fetchPersisted<Result, Variables>(
  gateway: URL,
  operation: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<{
  readonly answer: GraphQLResult<Result>;
  readonly bytes: number;
  readonly requests: number;
  readonly cursor: string | undefined;
}> {
  const query = operation.toString();
  const sha256Hash = createHash('sha256').update(query).digest('hex');
  const parameters = {
    variables: JSON.stringify(variables),
    extensions: JSON.stringify({ persistedQuery: { version: 1, sha256Hash } }),
  };

  const first = await get<Result>(gateway, parameters);
  if (
    !first.answer.errors?.some(({ extensions }) => extensions?.code === 'PERSISTED_QUERY_NOT_FOUND')
  )
    return { ...first, requests: 1 };
  const second = await get<Result>(gateway, { ...parameters, query });
  return { ...second, bytes: first.bytes + second.bytes, requests: 2 };
}

async function get<Result>(gateway: URL, parameters: Readonly<Record<string, string>>) {
  const url = new URL(gateway);
  url.search = new URLSearchParams(parameters).toString();
  // The second header tells the gateway that no web page of a stranger made the browser send this.
  const response = await fetch(url, {
    headers: { accept: 'application/graphql-response+json', 'apollo-require-preflight': '1' },
  });
  const body = await response.text();
  // A cast: the types are generated from the gateway's own schema.
  const answer = JSON.parse(body) as GraphQLResult<Result>;
  const cursor = response.headers.get('x-tributary-cursor') ?? undefined;
  return { answer, bytes: Buffer.byteLength(body), cursor };
}
