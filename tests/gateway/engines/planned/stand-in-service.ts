import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ServiceRequest {
  readonly headers: IncomingHttpHeaders;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A subgraph's service that answers as a test says. */
export interface StandInService {
  readonly url: string;
  readonly requests: readonly ServiceRequest[];
  answer: (request: ServiceRequest, response: ServerResponse) => unknown;
  close(): Promise<void>;
}

/** Starts a service, on any free port unless there is a `port`. What `answer` returns or promises is sent as JSON; undefined leaves the response to it. */
export async function startStandInService(
  answer: StandInService['answer'],
  port = 0,
): Promise<StandInService> {
  const requests: ServiceRequest[] = [];
  const server = createServer((incoming, response) => {
    let text = '';
    incoming.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    incoming.on('end', () => {
      const { query, variables } = JSON.parse(text) as ServiceRequest;
      const request = { headers: incoming.headers, query, variables };
      requests.push(request);
      void Promise.resolve(service.answer(request, response)).then((body) => {
        if (body !== undefined)
          response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
      });
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const service: StandInService = {
    // A server that listens on a port has such an address.
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/graphql`,
    requests,
    answer,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return service;
}
