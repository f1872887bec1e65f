import type { FastifyBaseLogger } from 'fastify';
import type { Caller } from '../../request/caller.ts';
import type { Admission } from '../admission/caller-limits.ts';
import type { RequestSpan } from '../../monitoring/tracing.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { LogHead } from '../../events/log/change-log.ts';
import type { RequestRecord } from './request-record.ts';

/** The GraphQL context that a graph behind our HTTP finds. */
export interface ServedContext {
  readonly scope: RequestScope;
  readonly caller: Caller;
  /** Undefined where nothing limits the caller. */
  readonly admission: Admission | undefined;
  readonly record: RequestRecord;
  /** Its lines have the request's id. */
  readonly log: FastifyBaseLogger;
  /** Undefined where no traces are sent. */
  readonly span: RequestSpan | undefined;
  /** Where the change log was when the request began. @default this server knows of no changes */
  readonly logHead?: LogHead | undefined;
}
