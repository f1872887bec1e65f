import type { EventLogger } from '../request/event-logger.ts';
import type { MappingProblemRecord } from '../request/request-scope.ts';
import { LogRepeats } from './log-repeats.ts';

/** Logs problems of connector mappings: the first for each place, and then one per minute with the number of repeats. */
export class MappingLog {
  logger: EventLogger | undefined;
  readonly #repeats = new LogRepeats();

  failed(mapping: MappingProblemRecord): void {
    const { service, connector, mapping: argument, kind, line, column } = mapping;
    const repeated = this.#repeats.next(
      [service, connector, argument, kind, line, column].join(' '),
    );
    if (repeated === undefined) return;
    this.logger?.warn({ ...mapping, ...repeated }, 'a mapping of a connector had a problem');
  }
}
