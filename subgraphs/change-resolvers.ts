import type { Change } from '../events/change.ts';

/**
 * A field of `Subscription`. The root value of its operation is the change, which `Graph.execute` receives. The gateway handles streams, so
 * the
 * schema has no source of events.
 */
export const CHANGE_FIELD = {
  subscribe: (): never => {
    throw new TypeError('Changes come from the change log, not from the schema.');
  },
  resolve: (change: Change): Change => change,
};

/** The time of a change, as `DateTime`. */
export const occurredAt = ({ at }: Change): string => new Date(at).toISOString();
