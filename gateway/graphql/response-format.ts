import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { GraphQLFormattedError } from 'graphql';

const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

/** The content type and status of a response: GraphQL over HTTP, section 6.4. */
export interface ResponseFormat {
  readonly contentType: string;
  /**
   * The status of a response without data. A client that accepts only `application/json` cannot distinguish a GraphQL response with status
   * 400 from one of a proxy, so errors in an operation have status 200 (section 6.4.1). A client that accepts anything gets the exact
   * status.
   */
  readonly statusOf: (status: number, errors: readonly GraphQLFormattedError[]) => number;
}

/** @returns undefined if the client accepts none of the server's formats */
export function negotiate(accept: string | undefined): ResponseFormat | undefined {
  if (accept === undefined || accept === '') return PLAIN;
  const known = FORMATS.get(accept);
  if (known !== undefined) return known;
  const contentType = new Negotiator({ headers: { accept } }).mediaType([JSON_TYPE, GRAPHQL_TYPE]);
  if (contentType === undefined) return undefined;
  const isJsonAlone =
    accept.includes('application/json') && !accept.includes('application/graphql-response+json');
  const format: ResponseFormat = { contentType, statusOf: isJsonAlone ? statusOfJson : keepStatus };
  FORMATS.set(accept, format);
  return format;
}

/** By Accept header: negotiation takes as long as a small query. */
const FORMATS = new LRUCache<string, ResponseFormat>({ max: 100 });

const keepStatus = (status: number) => status;

const statusOfJson: ResponseFormat['statusOf'] = (status, errors) =>
  status === 400 && errors.every(({ extensions }) => OPERATION_ERRORS.has(extensions?.['code']))
    ? 200
    : status;

const OPERATION_ERRORS: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
]);

/** For a client without an Accept header, and for the error if it accepts none of the formats. */
export const PLAIN: ResponseFormat = { contentType: JSON_TYPE, statusOf: keepStatus };
