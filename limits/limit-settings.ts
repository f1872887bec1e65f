import type { CallerLimits } from '../access/caller.ts';
import { type Environment, integer, type Problems, readEnvironment, redisUrl } from '../configuration/environment.ts';
import { DEFAULT_DOCUMENT_LIMITS, type DocumentLimits, SERVICE_DOCUMENT_LIMITS } from './document-limits.ts';

/** How much a request may ask for. */
export interface LimitSettings {
  readonly bodyBytes: number;
  /** Of a body's objects together. */
  readonly bodyKeys: number;
  readonly document: DocumentLimits;
  /** Undefined where callers are not limited at all. */
  readonly callers: CallerLimitSettings | undefined;
}

export interface CallerLimitSettings {
  /** Of callers that have no limits of their own. */
  readonly defaults: CallerLimits;
  /** Where instances count together; undefined where each counts by itself. It may hold a password. */
  readonly redisUrl: string | undefined;
}

const MEBIBYTE = 1024 * 1024;

/** The variables of an operation may not have more values. */
const BODY_KEYS = 10_000;

/**
 * For a service of a subgraph: who asks its gateway has been held to narrower ones, and a gateway's representations of many entities have
 * many keys.
 */
export const SERVICE_LIMITS: LimitSettings = {
  bodyBytes: MEBIBYTE,
  bodyKeys: Infinity,
  document: SERVICE_DOCUMENT_LIMITS,
  callers: undefined,
};

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readLimits(environment: Environment, problems: Problems): LimitSettings | undefined {
  const read = readEnvironment(VARIABLES, environment, problems);
  return (
    read && {
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
      callers: {
        redisUrl: read.REDIS_URL,
        defaults: {
          ...(read.CALLER_REQUESTS_PER_MINUTE !== undefined && { requestsPerMinute: read.CALLER_REQUESTS_PER_MINUTE }),
          ...(read.CALLER_COST_PER_MINUTE !== undefined && { costPerMinute: read.CALLER_COST_PER_MINUTE }),
          ...(read.CALLER_MAX_CONCURRENT !== undefined && { maxConcurrent: read.CALLER_MAX_CONCURRENT }),
        },
      },
    }
  );
}

/** What is checked may take that long: nothing stays responsive far beyond the defaults. */
const VARIABLES = {
  MAX_BODY_BYTES: integer({ min: 1000, max: 16 * MEBIBYTE }).default(MEBIBYTE / 4),
  MAX_QUERY_TOKENS: integer({ min: 1, max: 40_000 }).default(DEFAULT_DOCUMENT_LIMITS.tokens),
  MAX_QUERY_DEPTH: integer({ min: 1, max: 100 }).default(DEFAULT_DOCUMENT_LIMITS.depth),
  MAX_QUERY_SELECTIONS: integer({ min: 1, max: 20_000 }).default(DEFAULT_DOCUMENT_LIMITS.selections),
  MAX_QUERY_ALIASES: integer({ min: 0, max: 20_000 }).default(DEFAULT_DOCUMENT_LIMITS.aliases),
  MAX_QUERY_ROOT_FIELDS: integer({ min: 1, max: 1000 }).default(DEFAULT_DOCUMENT_LIMITS.rootFields),
  MAX_QUERY_DIRECTIVES: integer({ min: 0, max: 10_000 }).default(DEFAULT_DOCUMENT_LIMITS.directives),
  CALLER_REQUESTS_PER_MINUTE: integer({ min: 1, max: 1_000_000 }).optional(),
  CALLER_COST_PER_MINUTE: integer({ min: 1, max: 1_000_000_000 }).optional(),
  CALLER_MAX_CONCURRENT: integer({ min: 1, max: 10_000 }).optional(),
  REDIS_URL: redisUrl().optional(),
};
