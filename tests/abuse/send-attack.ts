import { connect } from 'node:net';
import { type Dispatcher, getGlobalDispatcher, request as send } from 'undici';
import type { AttackRequest, HttpAttackRequest, RawAttackRequest } from './attack.ts';

/** What comes back of an attack. */
export interface AttackAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** @param credential are headers. */
export const sendAttack = (
  url: string,
  request: AttackRequest,
  credential: Credential,
  dispatcher: Dispatcher = getGlobalDispatcher(),
): Promise<AttackAnswer> =>
  'startLine' in request
    ? sendRaw(url, request, credential)
    : sendHttp(url, request, credential, dispatcher);

type Credential = Readonly<Record<string, string>>;

async function sendHttp(
  url: string,
  attack: HttpAttackRequest,
  credential: Credential,
  dispatcher: Dispatcher,
) {
  const { method = 'POST', path = '/graphql', headers, body } = attack;
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await send(`${url}${path}`, {
    method,
    headers: { accept: 'application/graphql-response+json', ...json, ...credential, ...headers },
    body: body ?? null,
    dispatcher,
  });
  return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
}

/** Bytes that no HTTP client would send. */
async function sendRaw(
  url: string,
  { startLine, lines, body }: RawAttackRequest,
  credential: Credential,
) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname).setEncoding('latin1');
  // The server may close before it has read all; what it said first is what counts.
  socket.on('error', () => undefined);
  const own = Object.entries(credential).map(([name, value]) => `${name}: ${value}`);
  socket.write([startLine, ...own, ...lines, '', body].join('\r\n'), 'latin1');
  let answer = '';
  socket.on('data', (part: string) => (answer += part));
  await new Promise((resolve) => socket.on('close', resolve));
  const [head = '', ...text] = answer.split('\r\n\r\n');
  const [statusLine = '', ...fields] = head.split('\r\n');
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(
      fields.map((field) => [
        field.split(':', 1)[0]?.toLowerCase(),
        field.slice(field.indexOf(':') + 1).trim(),
      ]),
    ),
    text: text.join('\r\n\r\n'),
  };
}
