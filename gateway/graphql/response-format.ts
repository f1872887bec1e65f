import { LRUCache } from 'lru-cache';
import Negotiator from 'negotiator';
import type { GraphQLFormattedError } from 'graphql';

const JSON_TYPE = 'application/json; charset=utf-8';
const GRAPHQL_TYPE = 'application/graphql-response+json; charset=utf-8';

/** How an answer is written: GraphQL over HTTP, section 6.4. */
export interface ResponseFormat {
  readonly contentType: string;
  /**
   * The status of an answer that is nothing but errors. A client that reads only `application/json` cannot tell a GraphQL answer with status
   * 400 from one by something in between: for what is wrong with an operation it gets 200 (section 6.4.1). A client that accepts anything gets
   * the status that says most.
   */
  readonly statusOf: (status: number, errors: readonly GraphQLFormattedError[]) => number;
}

/** @returns undefined where the client accepts nothing that this server writes */
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

/** By what a client accepts: negotiating takes as long as a small query. */
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

/** For a client that says nothing of what it accepts, or accepts nothing of it and has to be told. */
export const PLAIN: ResponseFormat = { contentType: JSON_TYPE, statusOf: keepStatus };
