import type { FastifyBaseLogger } from 'fastify';
import type { Caller } from '../../request/caller.ts';
import type { Admission } from '../admission/caller-limits.ts';
import type { RequestSpan } from '../../monitoring/tracing.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { LogHead } from '../../events/log/change-log.ts';
import type { RequestRecord } from './request-record.ts';

/** The GraphQL context of a request. */
export interface ServedContext {
  readonly scope: RequestScope;
  readonly caller: Caller;
  /** Undefined for a caller without limits. */
  readonly admission: Admission | undefined;
  readonly record: RequestRecord;
  /** Adds the request's id to each line. */
  readonly log: FastifyBaseLogger;
  /** Undefined without tracing. */
  readonly span: RequestSpan | undefined;
  /** The head of the change log when the request began. @default no change log */
  readonly logHead?: LogHead | undefined;
}
