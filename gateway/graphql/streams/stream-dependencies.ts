import type { LogHead } from '../../../events/log/change-log.ts';
import type { LogTail } from '../../../events/log/log-tail.ts';
import type { StreamMonitor } from '../../../monitoring/stream-metrics.ts';
import type { Tracing } from '../../../monitoring/tracing.ts';
import type { SignCaller } from '../../access/services/signed-caller.ts';
import type { CallerLimits } from '../../admission/caller-limits.ts';
import type { CurrentGraph } from '../served-graph.ts';
import type { Clock } from './clock.ts';
import type { Executions } from './executions.ts';
import type { StreamMonitoring } from './stream-context.ts';

/** The dependencies that all streams of a process share. */
export interface StreamDependencies {
  readonly tail: LogTail;
  readonly graphs: CurrentGraph;
  readonly requestTimeoutMs: number;
  /** Undefined if callers have no limits. */
  readonly limits: CallerLimits | undefined;
  readonly signCaller: SignCaller | undefined;
  readonly executions: Executions;
  readonly monitor: StreamMonitor;
  readonly monitoring: StreamMonitoring;
  /** Undefined without tracing. */
  readonly tracing: Tracing | undefined;
  readonly clock: Clock;
  /** The head up to which all streams have received changes; undefined before the first page of the log. */
  readonly readHead: () => LogHead | undefined;
}
