import { CodedError } from '../../errors/coded-error.ts';
import type { Variables } from '../operation/prepared-operation.ts';

/** The parameters of a GraphQL request: GraphQL over HTTP, sections 5.1, 6.3 and 6.4. */
export interface RequestParameters {
  readonly query: string | undefined;
  /** The id of a listed operation: the first string of `documentId`, the hash, `doc_id` and `id`. */
  readonly id: string | undefined;
  readonly persisted: PersistedQuery | undefined;
  readonly operationName: string | undefined;
  readonly variables: Variables;
  /** `extensions.change` and `extensions.head`, which a gateway sends with a subscription to a service. Not validated. @default none */
  readonly forwarded?: { readonly change: unknown; readonly head: unknown };
  /** `extensions.resumeFrom`: the cursor from which a subscription continues. @default from now */
  readonly resumeFrom?: string | undefined;
}

/** Apollo's `extensions.persistedQuery`. */
export interface PersistedQuery {
  readonly version: unknown;
  /** Undefined if it is not a string. */
  readonly hash: string | undefined;
}

export interface ParameterSource {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/**
 * Reads the parameters of a GET or a POST.
 * @throws CodedError if it is not a GraphQL request, or could be a cross-site request forgery
 */
export function readParameters({ method, url, body, headers }: ParameterSource): RequestParameters {
  if (method === 'GET' && headers['sec-websocket-key'] !== undefined)
    throw new CodedError('BAD_REQUEST', isUpgrade(headers) ? NO_WEBSOCKETS : NO_UPGRADE);
  const type = essenceOf(headers['content-type']);
  if (
    (type === undefined || WITHOUT_PREFLIGHT.has(type)) &&
    !PREFLIGHT_HEADERS.some((name) => Boolean(headers[name]))
  )
    throw possibleCsrf();
  if (method === 'POST') return readBody(body);
  if (type !== undefined && type !== 'application/json') {
    throw new CodedError(
      'UNSUPPORTED_MEDIA_TYPE',
      'GET requests may not have a content-type header other than application/json.',
    );
  }
  const begin = url.indexOf('?');
  return readSearch(new URLSearchParams(begin < 0 ? '' : url.slice(begin)));
}

/** Some proxies, such as nginx, pass these headers only if configured. */
const NO_UPGRADE =
  'This is the handshake of a WebSocket, but it has no header Upgrade: websocket with Connection: Upgrade. A proxy between the client and this server must pass both.';

const NO_WEBSOCKETS = 'This server serves no subscriptions, so it has no WebSockets.';

const isUpgrade = ({ upgrade, connection }: ParameterSource['headers']) =>
  String(upgrade).toLowerCase() === 'websocket' && /\bupgrade\b/i.test(String(connection));

/** A media type without its parameters. */
const essenceOf = (contentType: string | string[] | undefined) =>
  contentType === undefined
    ? undefined
    : (String(contentType).split(';', 1)[0] ?? '').trim().toLowerCase();

/** Content types that a browser sends to another origin without a preflight: the Fetch standard, CORS-safelisted request-header. */
const WITHOUT_PREFLIGHT: ReadonlySet<string> = new Set([
  'application/x-www-form-urlencoded',
  'multipart/form-data',
  'text/plain',
]);

/** Apollo's clients send these. */
const PREFLIGHT_HEADERS = ['x-apollo-operation-name', 'apollo-require-preflight'];

const possibleCsrf = () =>
  new CodedError(
    'BAD_REQUEST',
    `This request could be a Cross-Site Request Forgery (CSRF). Send the header content-type: application/json, or a value for one of the headers ${PREFLIGHT_HEADERS.join(', ')}.`,
  );

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readBody(body: unknown): RequestParameters {
  if (Array.isArray(body)) throw badRequest('Operation batching disabled.');
  if (!isRecord(body) || Object.keys(body).length === 0) {
    throw badRequest('POST body missing, invalid Content-Type, or JSON object has no keys.');
  }
  const { query, operationName, variables, extensions } = body;
  if (Boolean(query) && typeof query !== 'string')
    throw badRequest('GraphQL queries must be strings.');
  for (const [name, value] of Object.entries({ variables, extensions })) {
    if (typeof value === 'string') {
      throw badRequest(
        `\`${name}\` in a POST body should be provided as an object, not a recursively JSON-encoded string.`,
      );
    }
    if (value != null && !isRecord(value))
      throw badRequest(`\`${name}\` in a POST body must be an object if provided.`);
  }
  if (operationName != null && typeof operationName !== 'string')
    throw badRequest('`operationName` in a POST body must be a string if provided.');
  return toParameters(body);
}

function readSearch(search: URLSearchParams): RequestParameters {
  const once = (name: string): string | undefined => {
    const values = search.getAll(name);
    if (values.length > 1)
      throw badRequest(`The '${name}' search parameter may only be specified once.`);
    // An empty value counts as absent.
    return values[0] === '' ? undefined : values[0];
  };
  const object = (name: string): Fields | undefined => {
    const value = once(name);
    if (value === undefined) return undefined;
    const read = parseJson(value);
    if (read === undefined) throw badRequest(`The ${name} search parameter contains invalid JSON.`);
    // GraphQL over HTTP, section 5.1: a parameter that is null counts as absent.
    if (read === null) return undefined;
    if (!isRecord(read))
      throw badRequest(`The ${name} search parameter should contain a JSON-encoded object.`);
    return read;
  };
  return toParameters({
    query: once('query'),
    operationName: once('operationName'),
    variables: object('variables'),
    extensions: object('extensions'),
    documentId: once('documentId'),
    doc_id: once('doc_id'),
    id: once('id'),
  });
}

/** @param fields have the correct types, or are absent */
function toParameters({
  query,
  operationName,
  variables,
  extensions,
  documentId,
  doc_id: relayId,
  id,
}: Fields): RequestParameters {
  const persisted = isRecord(extensions) ? extensions['persistedQuery'] : undefined;
  const { version, sha256Hash } = isRecord(persisted) ? persisted : {};
  const resumeFrom = isRecord(extensions) ? extensions['resumeFrom'] : undefined;
  if (resumeFrom != null && typeof resumeFrom !== 'string')
    throw badRequest('`extensions.resumeFrom` must be a cursor, which is a string.');
  const hash = stringOrUndefined(sha256Hash);
  return {
    query: stringOrUndefined(query),
    id: [documentId, hash, relayId, id].map(stringOrUndefined).find((one) => one !== undefined),
    persisted: Boolean(persisted) ? { version, hash } : undefined,
    // An empty name counts as absent.
    operationName:
      stringOrUndefined(operationName) === '' ? undefined : stringOrUndefined(operationName),
    variables: isRecord(variables) ? variables : {},
    ...(isRecord(extensions) &&
      extensions['change'] !== undefined && {
        forwarded: { change: extensions['change'], head: extensions['head'] },
      }),
    ...(resumeFrom != null && { resumeFrom }),
  };
}

const stringOrUndefined = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

const badRequest = (message: string) => new CodedError('BAD_REQUEST', message);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
