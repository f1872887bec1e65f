import { CodedError } from '../../../errors/coded-error.ts';
import { visibleError } from '../../../errors/visible-error.ts';
import type { FileReader } from '../../../subgraphs/subgraph.ts';
import { readGraphQLResponse } from './service-response.ts';
import type { ServiceConnection } from './service-connection.ts';

/** Reads a subgraph's files from its service, at the same path. */
export function proxyFiles(prefix: string, connection: ServiceConnection): FileReader {
  return async (token, scope) => {
    const { status, contentType, maxAge, bytes } = await connection.get(
      `/${prefix}/${encodeURIComponent(token)}`,
      scope,
    );
    const isFile = status === 200;
    const [error] = isFile ? [] : (readGraphQLResponse(bytes, connection)?.errors ?? []);
    const shown = error && visibleError(error.message, error.extensions, connection.name);
    if (!isFile && status !== 404 && shown === undefined) {
      const code = status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_CONTRACT';
      connection.ended(code);
      throw connection.fail(code);
    }
    connection.ended('answered');
    if (isFile) return { contentType, maxAge, body: bytes };
    if (status === 404 || shown === undefined) return null;
    throw new CodedError(shown.extensions.code, shown.message, shown.extensions);
  };
}
