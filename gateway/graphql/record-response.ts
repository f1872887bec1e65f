import type { Monitoring } from '../../monitoring/monitoring.ts';
import { hasClientDisconnected } from '../../request/deadline.ts';
import { codeOfHttpStatus } from '../server/http-status.ts';
import type { ServedContext } from './served-context.ts';

/** Records each request and each payload of a subscription in metrics and traces, with any outcome. */
export function recordResponse(
  { record, scope, span }: ServedContext,
  status: number,
  { answered }: Pick<Monitoring, 'answered'>,
): void {
  if (hasClientDisconnected(scope.signal)) record.abandon();
  // An unexpected failure.
  else if (status >= 400 && record.errors.length === 0) record.refuse(codeOfHttpStatus(status));
  record.count(scope.trace.calls);
  answered(record, performance.now() - scope.trace.startedAt);
  span?.end(record, status, scope.trace);
}
