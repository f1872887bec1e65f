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

/** What all streams of a process have in common. */
export interface StreamDependencies {
  readonly tail: LogTail;
  readonly graphs: CurrentGraph;
  readonly requestTimeoutMs: number;
  /** Undefined where nobody is limited. */
  readonly limits: CallerLimits | undefined;
  readonly signCaller: SignCaller | undefined;
  readonly executions: Executions;
  readonly monitor: StreamMonitor;
  readonly monitoring: StreamMonitoring;
  /** Undefined where no traces are sent. */
  readonly tracing: Tracing | undefined;
  readonly clock: Clock;
  /** Up to where all streams have been told of changes; undefined before the first page of the log. */
  readonly readHead: () => LogHead | undefined;
}
