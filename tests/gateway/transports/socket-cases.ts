import type { Message } from './raw-socket.ts';

/** Stands between frames for: wait for one message of the server. */
export const MESSAGE = Symbol('a message of the server');

export type Step = object | string | Buffer | typeof MESSAGE;

export interface SocketCase {
  readonly name: string;
  /** Whether `connection_init` is sent and acknowledged before. @default true */
  readonly isReady?: boolean;
  readonly steps: readonly Step[];
}

const QUERY = '{ __typename }';
const SUBSCRIPTION = 'subscription { paymentChanged { __typename } }';

const INIT = { type: 'connection_init' };
const subscribe = (id: unknown, payload: unknown = { query: QUERY }) => ({
  id,
  type: 'subscribe',
  payload,
});
const complete = (id: unknown) => ({ id, type: 'complete' });

/** A query, whose result and end come after all that was sent before it has been read. */
const THEN_QUERY: readonly Step[] = [subscribe('then'), MESSAGE, MESSAGE];

const before = (name: string, ...steps: Step[]): SocketCase => ({ name, isReady: false, steps });
const after = (name: string, ...steps: Step[]): SocketCase => ({ name, steps });

const CONNECTING: readonly SocketCase[] = [
  before('connection_init without payload', INIT, MESSAGE),
  before('connection_init with null', { ...INIT, payload: null }, MESSAGE),
  before('connection_init with an empty object', { ...INIT, payload: {} }, MESSAGE),
  before('connection_init with parameters', { ...INIT, payload: { a: { b: [1] } } }, MESSAGE),
  before('connection_init with an id', { ...INIT, id: '1' }, MESSAGE),
  before('connection_init in a binary frame', Buffer.from(JSON.stringify(INIT)), MESSAGE),
  before('connection_init with text', { ...INIT, payload: 'secret' }),
  before('connection_init with a list', { ...INIT, payload: [] }),
  before('connection_init with false', { ...INIT, payload: false }),
  before('two connection_init at once', INIT, INIT),
  after('a second connection_init', INIT),
  before('subscribe before connection_init', subscribe('1')),
  before('a subscription before connection_init', subscribe('1', { query: SUBSCRIPTION })),
  before('an invalid query before connection_init', subscribe('1', { query: '{' })),
  before('an invalid subscribe before connection_init', subscribe(1)),
  before('complete before connection_init', complete('1'), INIT, MESSAGE),
  before('no message for three seconds'),
];

const KEEPING_ALIVE: readonly SocketCase[] = [
  before('ping before connection_init', { type: 'ping' }, MESSAGE),
  before('pong before connection_init', { type: 'pong' }, INIT, MESSAGE),
  after('ping', { type: 'ping' }, MESSAGE),
  after('ping with null', { type: 'ping', payload: null }, MESSAGE),
  after('ping with an empty object', { type: 'ping', payload: {} }, MESSAGE),
  after('ping with a payload', { type: 'ping', payload: { a: [1, 'ä', null] } }, MESSAGE),
  after('ping with text', { type: 'ping', payload: 'hello' }),
  after('ping with a number', { type: 'ping', payload: 0 }),
  after('pong', { type: 'pong' }, ...THEN_QUERY),
  after('pong with a payload', { type: 'pong', payload: { a: 1 } }, ...THEN_QUERY),
  after('pong with a list', { type: 'pong', payload: [] }),
  after('ping between operations', subscribe('1'), MESSAGE, MESSAGE, { type: 'ping' }, MESSAGE),
];

const INVALID: readonly SocketCase[] = [
  after('text that is not JSON', 'hello'),
  after('empty text', ''),
  after('half of JSON', '{"type":"ping"'),
  after('null', 'null'),
  after('a number', '1'),
  after('text in JSON', '"ping"'),
  after('a list', []),
  after('a list of messages', [{ type: 'ping' }]),
  after('an object without type', {}),
  after('a type of null', { type: null }),
  after('an empty type', { type: '' }),
  after('a type that is a number', { type: 1 }),
  after('an unknown type', { type: 'start', id: '1', payload: { query: QUERY } }),
  after('a type in capitals', { type: 'PING' }),
  after('a type named like a property of objects', { type: 'constructor' }),
  after('connection_terminate of the older protocol', { type: 'connection_terminate' }),
  after('bytes that are not JSON', Buffer.from([0, 1, 2, 3])),
  after('subscribe without id', { type: 'subscribe', payload: { query: QUERY } }),
  after('subscribe with an empty id', subscribe('')),
  after('subscribe with a number as id', subscribe(1)),
  after('subscribe with null as id', subscribe(null)),
  after('subscribe with an object as id', subscribe({})),
  after('subscribe without payload', { id: '1', type: 'subscribe' }),
  after('subscribe with null as payload', subscribe('1', null)),
  after('subscribe with text as payload', subscribe('1', QUERY)),
  after('subscribe with a list as payload', subscribe('1', [])),
  after('subscribe without query', subscribe('1', {})),
  after('subscribe with null as query', subscribe('1', { query: null })),
  after('subscribe with an object as query', subscribe('1', { query: {} })),
  after('subscribe with text as variables', subscribe('1', { query: QUERY, variables: '{}' })),
  after('subscribe with a list as variables', subscribe('1', { query: QUERY, variables: [] })),
  after('subscribe with a number as variables', subscribe('1', { query: QUERY, variables: 0 })),
  after('subscribe with a number as operation', subscribe('1', { query: QUERY, operationName: 1 })),
  after('subscribe with text as extensions', subscribe('1', { query: QUERY, extensions: '' })),
  after('subscribe with a list as extensions', subscribe('1', { query: QUERY, extensions: [] })),
  after('complete without id', { type: 'complete' }),
  after('complete with an empty id', complete('')),
  after('complete with a number as id', complete(1)),
];

const LONG_ID = 'x'.repeat(60_000);

const OPERATIONS: readonly SocketCase[] = [
  after('a query', subscribe('1'), MESSAGE, MESSAGE),
  after('a query in a binary frame', Buffer.from(JSON.stringify(subscribe('1'))), MESSAGE, MESSAGE),
  after('a query with nulls', ...asked({ operationName: null, variables: null, extensions: null })),
  after('a query with empty objects', ...asked({ variables: {}, extensions: {} })),
  after('a query with an unknown parameter', ...asked({ other: 1 })),
  after(
    'a query with a variable',
    ...asked({
      query: 'query ($a: Boolean!) { __typename @skip(if: $a) }',
      variables: { a: true },
    }),
  ),
  after(
    'one of two operations',
    ...asked({ query: 'query A { a: __typename } query B { b: __typename }', operationName: 'B' }),
  ),
  after('a mutation', ...asked({ query: 'mutation { __typename }' })),
  after(
    'a query with two validation errors',
    subscribe('1', { query: '{ a b }' }),
    MESSAGE,
    ...THEN_QUERY,
  ),
  after(
    'a subscription with a validation error',
    subscribe('1', { query: 'subscription { nothing }' }),
    MESSAGE,
    ...THEN_QUERY,
  ),
  after(
    'an unknown operation',
    subscribe('1', { query: QUERY, operationName: 'B' }),
    MESSAGE,
    ...THEN_QUERY,
  ),
  after(
    'two operations without a name',
    subscribe('1', { query: 'query A { __typename } query B { __typename }' }),
    MESSAGE,
    ...THEN_QUERY,
  ),
  after(
    'a text without operation',
    subscribe('1', { query: 'fragment F on Query { __typename }' }),
    MESSAGE,
    ...THEN_QUERY,
  ),
  after('an id of 60,000 characters', subscribe(LONG_ID), MESSAGE, MESSAGE),
  after('an id of 257 characters', subscribe('x'.repeat(257)), MESSAGE, MESSAGE),
  after('an id of spaces', subscribe(' '), MESSAGE, MESSAGE),
  after('an id with control characters and quotes', subscribe('\u0000"\n\\'), MESSAGE, MESSAGE),
  after('an id beyond the basic plane', subscribe('💶'), MESSAGE, MESSAGE),
  after(
    'an id named like a property of objects',
    subscribe('__proto__'),
    MESSAGE,
    MESSAGE,
    subscribe('constructor'),
    MESSAGE,
    MESSAGE,
  ),
  after(
    'the same id after complete',
    subscribe('1'),
    MESSAGE,
    MESSAGE,
    subscribe('1'),
    MESSAGE,
    MESSAGE,
  ),
  after(
    'the same id after an error',
    subscribe('1', { query: '{ a }' }),
    MESSAGE,
    subscribe('1'),
    MESSAGE,
    MESSAGE,
  ),
  after(
    'the id of a subscription that is open',
    subscribe('1', { query: SUBSCRIPTION }),
    subscribe('1'),
  ),
  after(
    'the id of a query that is running',
    subscribe('1'),
    subscribe('1', { query: SUBSCRIPTION }),
  ),
  after(
    'the same id after the client completed it',
    subscribe('1', { query: SUBSCRIPTION }),
    complete('1'),
    subscribe('1'),
    MESSAGE,
    MESSAGE,
  ),
  after(
    'another case of an id',
    subscribe('a', { query: SUBSCRIPTION }),
    subscribe('A'),
    MESSAGE,
    MESSAGE,
  ),
  after('complete of an unknown id', complete('unknown'), ...THEN_QUERY),
  after(
    'complete twice',
    subscribe('1', { query: SUBSCRIPTION }),
    complete('1'),
    complete('1'),
    ...THEN_QUERY,
  ),
  after(
    'complete after complete of the server',
    subscribe('1'),
    MESSAGE,
    MESSAGE,
    complete('1'),
    ...THEN_QUERY,
  ),
  after('complete before the first result', subscribe('1'), complete('1'), ...THEN_QUERY),
  after(
    'complete of one of two subscriptions',
    subscribe('1', { query: SUBSCRIPTION }),
    subscribe('2', { query: SUBSCRIPTION }),
    complete('1'),
    subscribe('2'),
  ),
  after('complete with a payload', { ...complete('unknown'), payload: { a: 1 } }, ...THEN_QUERY),
];

/** The steps of a query with these parameters. */
function asked(payload: object): readonly Step[] {
  return [subscribe('1', { query: QUERY, ...payload }), MESSAGE, MESSAGE];
}

/** What the protocol says the same for every server. */
export const CASES: readonly SocketCase[] = [
  ...CONNECTING,
  ...KEEPING_ALIVE,
  ...INVALID,
  ...OPERATIONS,
];

export type Transcript = readonly unknown[];

/** A message without what each server words in its own way. */
export const withoutWording = (message: Message): unknown =>
  message['type'] === 'error' && Array.isArray(message['payload'])
    ? { ...message, payload: message['payload'].map((error: Message) => typeof error['message']) }
    : typeof message['id'] === 'string'
      ? { ...message, id: digest(message['id']) }
      : message;

/** A failure is to be read. */
const digest = (id: string) =>
  id.length > 100 ? `${id.slice(0, 10)}... of ${String(id.length)}` : id;
