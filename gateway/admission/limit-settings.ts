import type { CallerLimits } from '../../request/caller.ts';
import { z } from 'zod';
import { integer } from '../../settings/values.ts';
import { DEFAULT_STREAM_LIMITS, type StreamLimits } from './stream-limits.ts';
import {
  DEFAULT_DOCUMENT_LIMITS,
  type DocumentLimits,
  SERVICE_DOCUMENT_LIMITS,
} from './document-limits.ts';

/** The limits of requests. */
export interface LimitSettings {
  readonly bodyBytes: number;
  /** For all objects of a body together. */
  readonly bodyKeys: number;
  readonly document: DocumentLimits;
  /** Maximum number of fields in a response, with each list counted in full. */
  readonly answerFields: number;
  /** For callers without own limits; undefined if callers are not limited. */
  readonly callers: CallerLimits | undefined;
  /** Maximum numbers of open subscription streams. @default 20 per caller, 5,000 per process */
  readonly streams?: StreamLimits | undefined;
  /** For each client address and each kind of public resource: files, the schema, pages, metrics. */
  readonly addressRequestsPerMinute: number;
}

const MEBIBYTE = 1024 * 1024;

/** Equals the maximum number of values in variables. */
const BODY_KEYS = 10_000;

/** Enough for a page of 100 objects, each with a list of 100 objects of ten fields. */
const DEFAULT_ANSWER_FIELDS = 250_000;

/** A gateway adds keys, type names and required fields to the client's selection. */
const SERVICE_ANSWER_FACTOR = 4;

/** A page of 100 pictures at once, and ten more each second. */
const DEFAULT_ADDRESS_REQUESTS = 600;

/**
 * For subgraph services: the gateway has applied narrower limits to its clients, and the representations of many entities have many keys.
 */
export const SERVICE_LIMITS: LimitSettings = {
  bodyBytes: MEBIBYTE,
  bodyKeys: Infinity,
  document: SERVICE_DOCUMENT_LIMITS,
  answerFields: DEFAULT_ANSWER_FIELDS * SERVICE_ANSWER_FACTOR,
  callers: undefined,
  addressRequestsPerMinute: DEFAULT_ADDRESS_REQUESTS,
};

const SERVICE_VARIABLES = {
  MAX_ANSWER_FIELDS: integer({ min: 1, max: 10_000_000 }).default(DEFAULT_ANSWER_FIELDS),
  ADDRESS_REQUESTS_PER_MINUTE: integer({ min: 1, max: 1_000_000 }).default(
    DEFAULT_ADDRESS_REQUESTS,
  ),
};

/** The maxima bound the duration of the checks: the server does not remain responsive far beyond the defaults. */
const VARIABLES = {
  ...SERVICE_VARIABLES,
  MAX_BODY_BYTES: integer({ min: 1000, max: 16 * MEBIBYTE }).default(MEBIBYTE / 4),
  MAX_QUERY_TOKENS: integer({ min: 1, max: 40_000 }).default(DEFAULT_DOCUMENT_LIMITS.tokens),
  MAX_QUERY_DEPTH: integer({ min: 1, max: 100 }).default(DEFAULT_DOCUMENT_LIMITS.depth),
  MAX_QUERY_SELECTIONS: integer({ min: 1, max: 20_000 }).default(
    DEFAULT_DOCUMENT_LIMITS.selections,
  ),
  MAX_QUERY_ALIASES: integer({ min: 0, max: 20_000 }).default(DEFAULT_DOCUMENT_LIMITS.aliases),
  MAX_QUERY_ROOT_FIELDS: integer({ min: 1, max: 1000 }).default(DEFAULT_DOCUMENT_LIMITS.rootFields),
  MAX_QUERY_DIRECTIVES: integer({ min: 0, max: 10_000 }).default(
    DEFAULT_DOCUMENT_LIMITS.directives,
  ),
  CALLER_REQUESTS_PER_MINUTE: integer({ min: 1, max: 1_000_000 }).optional(),
  CALLER_COST_PER_MINUTE: integer({ min: 1, max: 1_000_000_000 }).optional(),
  CALLER_MAX_CONCURRENT: integer({ min: 1, max: 10_000 }).optional(),
  CALLER_MAX_STREAMS: integer({ min: 1, max: 100_000 }).default(DEFAULT_STREAM_LIMITS.perCaller),
  MAX_STREAMS: integer({ min: 1, max: 100_000 }).default(DEFAULT_STREAM_LIMITS.perProcess),
};

/** {@link SERVICE_LIMITS} with the settings of the operator. */
export const serviceLimitSettings = z
  .object(SERVICE_VARIABLES)
  .transform(
    ({
      MAX_ANSWER_FIELDS,
      ADDRESS_REQUESTS_PER_MINUTE: addressRequestsPerMinute,
    }): LimitSettings => ({
      ...SERVICE_LIMITS,
      answerFields: MAX_ANSWER_FIELDS * SERVICE_ANSWER_FACTOR,
      addressRequestsPerMinute,
    }),
  );

/** The limits of a gateway. */
export const limitSettings = z.object(VARIABLES).transform((read): LimitSettings => ({
  bodyBytes: read.MAX_BODY_BYTES,
  bodyKeys: BODY_KEYS,
  document: {
    ...DEFAULT_DOCUMENT_LIMITS,
    tokens: read.MAX_QUERY_TOKENS,
    depth: read.MAX_QUERY_DEPTH,
    selections: read.MAX_QUERY_SELECTIONS,
    aliases: read.MAX_QUERY_ALIASES,
    rootFields: read.MAX_QUERY_ROOT_FIELDS,
    directives: read.MAX_QUERY_DIRECTIVES,
  },
  answerFields: read.MAX_ANSWER_FIELDS,
  callers: {
    ...(read.CALLER_REQUESTS_PER_MINUTE !== undefined && {
      requestsPerMinute: read.CALLER_REQUESTS_PER_MINUTE,
    }),
    ...(read.CALLER_COST_PER_MINUTE !== undefined && {
      costPerMinute: read.CALLER_COST_PER_MINUTE,
    }),
    ...(read.CALLER_MAX_CONCURRENT !== undefined && { maxConcurrent: read.CALLER_MAX_CONCURRENT }),
  },
  streams: { perCaller: read.CALLER_MAX_STREAMS, perProcess: read.MAX_STREAMS },
  addressRequestsPerMinute: read.ADDRESS_REQUESTS_PER_MINUTE,
}));
