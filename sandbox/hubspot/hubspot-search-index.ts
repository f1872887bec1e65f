import { OBJECT_TYPES, type ObjectType } from './hubspot-ids.ts';
import type { HubSpotRecord } from './hubspot-records.ts';
import type { HubSpotStore } from './hubspot-store.ts';

/** The search index: records as of some seconds ago. */
export interface HubSpotSearchIndex {
  records(type: ObjectType): readonly HubSpotRecord[];
  /** Notes what was written. */
  update(): void;
}

/**
 * @param lagMs delay until a write is in the index, in milliseconds: "it may take a few moments",
 * https://developers.hubspot.com/docs/api-reference/search/guide, "Limitations"
 */
export function createHubSpotSearchIndex(
  store: HubSpotStore,
  now: () => number,
  lagMs: number,
): HubSpotSearchIndex {
  const indexes = new Map(
    OBJECT_TYPES.map((type) => [type, createTypeIndex(() => store.all(type), now, lagMs)]),
  );
  return {
    records: (type) => indexes.get(type)?.records() ?? [],
    update() {
      for (const index of indexes.values()) index.update();
    },
  };
}

type Records = readonly HubSpotRecord[];

/** Within this part of the lag, writes are noted together, so that thousands of them do not fill the memory. */
const TOGETHER = 1 / 50;

function createTypeIndex(all: () => Records, now: () => number, lagMs: number) {
  let known = all();
  let pending: { readonly at: number; readonly records: Records }[] = [];
  const catchUp = () => {
    const due = pending.filter(({ at }) => at + lagMs <= now());
    known = due.at(-1)?.records ?? known;
    pending = pending.slice(due.length);
  };
  return {
    records() {
      catchUp();
      return known;
    },
    update() {
      catchUp();
      // The same list as long as no record of the type has changed.
      const records = all();
      const last = pending.at(-1);
      if (records === (last?.records ?? known)) return;
      if (last !== undefined && now() - last.at < lagMs * TOGETHER)
        pending = [...pending.slice(0, -1), { at: last.at, records }];
      else pending.push({ at: now(), records });
    },
  };
}
