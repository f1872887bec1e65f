// The hand-written endpoint that the gateway is measured against: `node dist/bench/hand-written.js`.
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { beginRequest } from '../../request/deadline.ts';
import { createHttpServer, serve } from '../../gateway/server/http-server.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { createAnswers } from './answers.ts';
import { createProviders } from './providers.ts';

const answers = createAnswers(createProviders(process.env));
const TIMEOUT_MS = 10_000;

type Read = (argument: string | undefined, scope: RequestScope) => Promise<object>;
const needed = (read: (argument: string, scope: RequestScope) => Promise<object>): Read => {
  return (argument, scope) => read(argument ?? '', scope);
};
const READS: Readonly<Record<string, Read>> = {
  '/list': answers.list,
  '/one': needed(answers.one),
  '/payment-and-back': needed(answers.paymentAndBack),
  '/company-customers': needed(answers.companyCustomers),
};

async function answer(
  path: string,
  argument: string | undefined,
  response: ServerResponse,
): Promise<string> {
  const scope = beginRequest(response, TIMEOUT_MS);
  const data = await READS[path]?.(argument, scope);
  response.setHeader('x-tributary-upstream-calls', String(scope.trace.calls.length));
  return JSON.stringify({
    data,
    extensions: {
      upstream: response.req.headers['x-tributary-trace'] === '1' ? scope.trace.calls : undefined,
    },
  });
}

const app = createHttpServer(
  { level: 'warn', secrets: [], write: (line) => process.stderr.write(line) },
  { bodyBytes: 1024 * 1024 },
);
for (const path of Object.keys(READS)) {
  serve(app, ['GET'], path, async (request, reply) => {
    const { of } = request.query as { readonly of?: string };
    const body = await answer(path, of, reply.raw);
    return reply.header('content-type', 'application/json; charset=utf-8').send(body);
  });
}
await app.listen({ host: '127.0.0.1', port: 0 });
const { port } = app.server.address() as AddressInfo;
process.send?.({ url: `http://127.0.0.1:${String(port)}` });
for (const end of ['disconnect', 'SIGTERM']) process.once(end, () => process.exit(0));
