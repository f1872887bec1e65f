import type { FastifyRequest } from 'fastify';
import type { Safelist } from '../access/safelist/safelist.ts';
import { CodedError } from '../errors/coded-error.ts';

/** What of an HTTP request says what is asked for. */
export interface AskedRequest {
  /** Of a POST. */
  readonly body: unknown;
  /** Of a GET: `?query=...`, or nothing. */
  readonly search: string;
}

/**
 * Finds the text that a request means by an id of the list: as `documentId` (GraphQL over HTTP, appendix A; urql), `doc_id`
 * (Relay's documentation), `id`, or `extensions.persistedQuery.sha256Hash` (Apollo's clients for all platforms, urql's exchange).
 * @returns the request with the text in place of the id, or why it is not answered: the same words whatever is not on the list
 */
export function findPersisted({ method, body, url }: FastifyRequest, safelist: Safelist | undefined): AskedRequest | CodedError {
  if (method === 'POST') {
    const parameters = safelist !== undefined && isRecord(body) ? replaceId(body, safelist) : undefined;
    return parameters instanceof CodedError ? parameters : { body: parameters ?? body, search: '' };
  }
  const begin = url.indexOf('?');
  const search = begin < 0 ? '' : url.slice(begin);
  if (safelist === undefined) return { body, search };
  const parameters = replaceIdInSearch(new URLSearchParams(search), safelist);
  return parameters instanceof CodedError ? parameters : { body, search: parameters === undefined ? search : `?${parameters.toString()}` };
}

/** What a request says of its operation; undefined where it is absent, or no text. */
export interface OperationParameters {
  readonly query: string | undefined;
  /** By which the client means a text that was sent before. */
  readonly hash: string | undefined;
  readonly operationName: unknown;
}

export function readParameters({ body, search }: AskedRequest): OperationParameters {
  if (search === '') return parametersIn(isRecord(body) ? body : {});
  const given = new URLSearchParams(search);
  return parametersIn({
    query: given.get('query'),
    operationName: given.get('operationName'),
    extensions: parseJson(given.get('extensions')),
  });
}

function parametersIn({ query, operationName, extensions }: Parameters): OperationParameters {
  const hash = hashIn(extensions);
  return {
    query: typeof query === 'string' ? query : undefined,
    hash: typeof hash === 'string' ? hash : undefined,
    operationName,
  };
}

type Parameters = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Parameters => typeof value === 'object' && value !== null && !Array.isArray(value);

/** @returns undefined where the request is to stay as it is; where it has neither a text nor an id, it will be refused for that */
function replaceId(given: Parameters, safelist: Safelist): Parameters | CodedError | undefined {
  const { query, documentId, doc_id: relayId, id, extensions, ...rest } = given;
  // What is no text either is refused as no GraphQL request.
  if (Boolean(query) && typeof query !== 'string') return undefined;
  const [asked] = [documentId, hashIn(extensions), relayId, id].filter((one) => typeof one === 'string');
  const written = typeof query === 'string' && query !== '' ? query : undefined;
  if (written === undefined && asked === undefined) return undefined;
  const text = written === undefined ? safelist.find(asked ?? '') : safelist.match(written);
  if (text === undefined) return safelist.mode === 'only' ? notListed() : undefined;
  // Its text is sent along, so that the id may become an automatic persisted query.
  if (written !== undefined && safelist.mode === 'report') return undefined;
  return { ...rest, query: text, ...(extensions !== undefined && { extensions: withoutId(extensions) }) };
}

function hashIn(extensions: unknown): unknown {
  const persisted = isRecord(extensions) ? extensions['persistedQuery'] : undefined;
  return isRecord(persisted) ? persisted['sha256Hash'] : undefined;
}

/** What extensions cannot be is refused as no GraphQL request. */
const withoutId = (extensions: unknown) =>
  isRecord(extensions) ? Object.fromEntries(Object.entries(extensions).filter(([name]) => name !== 'persistedQuery')) : extensions;

function replaceIdInSearch(search: URLSearchParams, safelist: Safelist): URLSearchParams | CodedError | undefined {
  const extensions = parseJson(search.get('extensions'));
  // What is there twice is refused as no GraphQL request, and so are extensions that cannot be read.
  if (['query', 'extensions'].some((name) => search.getAll(name).length > 1)) return undefined;
  if (search.has('extensions') && !isRecord(extensions)) return undefined;
  const parameters = replaceId({ ...Object.fromEntries(search), extensions }, safelist);
  if (parameters === undefined || parameters instanceof CodedError) return parameters;
  const replaced = new URLSearchParams(search);
  for (const name of ['documentId', 'doc_id', 'id', 'extensions']) replaced.delete(name);
  replaced.set('query', String(parameters['query']));
  if (parameters['extensions'] !== undefined) replaced.set('extensions', JSON.stringify(parameters['extensions']));
  return replaced;
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const notListed = () =>
  new CodedError('OPERATION_NOT_LISTED', 'This server answers the operations on its list alone, and this is none of them.');
