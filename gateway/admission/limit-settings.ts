import type { CallerLimits } from '../../request/caller.ts';
import { z } from 'zod';
import { integer } from '../../settings/values.ts';
import { DEFAULT_STREAM_LIMITS, type StreamLimits } from './stream-limits.ts';
import {
  DEFAULT_DOCUMENT_LIMITS,
  type DocumentLimits,
  SERVICE_DOCUMENT_LIMITS,
} from './document-limits.ts';

/** How much a request may ask for. */
export interface LimitSettings {
  readonly bodyBytes: number;
  /** Of a body's objects together. */
  readonly bodyKeys: number;
  readonly document: DocumentLimits;
  /** Fields that an operation's answer may have, counting each list in full. */
  readonly answerFields: number;
  /** Of callers that have no limits of their own; undefined where callers are not limited at all. */
  readonly callers: CallerLimits | undefined;
  /** How many streams of subscriptions may be open. @default 20 of a caller, 5,000 of the process */
  readonly streams?: StreamLimits | undefined;
  /** Of each client address, for each kind of thing that is served to anybody: files, the schema, pages, metrics. */
  readonly addressRequestsPerMinute: number;
}

const MEBIBYTE = 1024 * 1024;

/** The variables of an operation may not have more values. */
const BODY_KEYS = 10_000;

/** A page of a hundred objects with a list of a hundred each, ten fields of each, is within it. */
const DEFAULT_ANSWER_FIELDS = 250_000;

/** To what a client selects, a gateway adds keys, types and what other subgraphs require. */
const SERVICE_ANSWER_FACTOR = 4;

/** A page of a hundred pictures at once, and ten more each second. */
const DEFAULT_ADDRESS_REQUESTS = 600;

/**
 * For a service of a subgraph: who asks its gateway has been held to narrower ones, and a gateway's representations of many entities have
 * many keys.
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

/** What is checked may take that long: nothing stays responsive far beyond the defaults. */
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

/** {@link SERVICE_LIMITS}, with what an operator may set. */
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
