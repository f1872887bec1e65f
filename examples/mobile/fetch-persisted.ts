import { createHash } from 'node:crypto';
import type { TypedDocumentString } from './__generated__/graphql.ts';

export interface GraphQLResult<Result> {
  /** Null if the whole operation failed. A failed field is null, and `errors` has the reason. */
  readonly data?: Result | null;
  readonly errors?: readonly GraphQLResultError[];
}

export interface GraphQLResultError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
}

/**
 * Sends the operation's hash by GET, so that HTTP caches can store the response. Sends the whole operation only if
 * the gateway does not know the hash yet.
 * @returns the response, the bytes of all received bodies, the number of requests, and the cursor for a subscription
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
  // The second header is the gateway's CSRF check: a page of another origin cannot set it.
  const response = await fetch(url, {
    headers: { accept: 'application/graphql-response+json', 'apollo-require-preflight': '1' },
  });
  const body = await response.text();
  // The cast is safe: the types are generated from the gateway's own schema.
  const answer = JSON.parse(body) as GraphQLResult<Result>;
  const cursor = response.headers.get('x-tributary-cursor') ?? undefined;
  return { answer, bytes: Buffer.byteLength(body), cursor };
}
