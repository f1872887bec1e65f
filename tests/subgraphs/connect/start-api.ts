import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ApiRequest {
  readonly method: string;
  /** With its query, as it came. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** What an API responds; JSON, unless `body` is text. Nothing at all for undefined; `broken` ends the connection. */
export type ApiResponse =
  | { readonly status?: number; readonly body?: unknown; readonly headers?: Record<string, string> }
  | 'broken'
  | undefined;

export interface Api extends AsyncDisposable {
  readonly url: string;
  /** In the order in which they came. */
  readonly requests: readonly ApiRequest[];
}

/** A REST API on a real socket. */
export async function startApi(
  answer: (request: ApiRequest) => ApiResponse | Promise<ApiResponse>,
): Promise<Api> {
  const requests: ApiRequest[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      let body = '';
      for await (const chunk of request) body += String(chunk);
      const { method = '', url: path = '', headers } = request;
      const received = { method, path, headers, body };
      requests.push(received);
      const answered = await answer(received);
      if (answered === undefined) return;
      if (answered === 'broken') {
        request.socket.destroy();
        return;
      }
      response.writeHead(answered.status ?? 200, {
        'content-type': 'application/json',
        ...answered.headers,
      });
      const { body: content } = answered;
      response.end(
        content === undefined || typeof content === 'string' ? content : JSON.stringify(content),
      );
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    // A server that listens on a port has this kind of address.
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
