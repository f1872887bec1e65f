import type { Change } from '../events/change.ts';

/**
 * A field of `Subscription`: the root value of its operation is the change that it is answered for, which `Graph.execute` gets. Streams are
 * the gateway's task, so the schema has no source of events of its own.
 */
export const CHANGE_FIELD = {
  subscribe: (): never => {
    throw new TypeError('Changes come from the change log, not from the schema.');
  },
  resolve: (change: Change): Change => change,
};

/** When a change happened, as `DateTime`. */
export const occurredAt = ({ at }: Change): string => new Date(at).toISOString();
