import { NOW } from './seed/account.ts';
import { type EventSource, recordChanges } from './stripe-events.ts';
import type { WireObject } from './stripe-json.ts';
import type { SearchIndex } from './stripe-search.ts';
import type { Store } from './stripe-store.ts';
import type { WriteContext } from './stripe-write-context.ts';

/** Makes changes for API calls and edits, and sends their events. */
export interface Changes {
  make<Result>(
    source: Omit<EventSource, 'at' | 'version'>,
    act: (context: Omit<WriteContext, 'id'>) => Result,
  ): Result;
}

export function createChanges({
  store,
  index,
  now,
  version,
  onEvents,
}: {
  readonly store: Store;
  readonly index: SearchIndex;
  /** Milliseconds. */
  readonly now: () => number;
  readonly version: string;
  readonly onEvents: (events: readonly WireObject[]) => void;
}): Changes {
  let made = 0;
  return {
    make(source, act) {
      const recorded = recordChanges(store);
      try {
        const result = act({ store: recorded.store, key: source.key, now: NOW + made + 1 });
        made += 1;
        return result;
      } finally {
        // A payment that a bank declines has changed, too.
        const events = recorded.events({ ...source, at: Math.floor(now() / 1000), version });
        index.update();
        onEvents(events);
      }
    },
  };
}
