/** What is known beforehand of the objects at one place of an answer. */
export interface Place {
  /** How many there can be. */
  readonly objects: number;
  /** How many times some of them can arrive: what arrives later is not in a batch with what arrived before. */
  readonly arrivals: number;
  /** How many can arrive at once. */
  readonly together: number;
}

export const ROOT: Place = { objects: 1, arrivals: 1, together: 1 };

/** The place of the items of each object's list. */
export function itemsOf({ objects, arrivals, together }: Place, size: number): Place {
  return { objects: objects * size, arrivals, together: together * size };
}

/** Objects that each wait for a call of their own. */
export const apart = ({ objects }: Place): Place => ({ objects, arrivals: objects, together: Math.min(1, objects) });

/** Objects that wait for the batches of which each is part. */
export function batched(place: Place, batchSize: number): Place {
  const arrivals = batchesOf(place, batchSize);
  return { objects: place.objects, arrivals, together: Math.min(place.together, batchSize) };
}

/** Objects that each wait for as many batches as have items of its list. */
export function afterItems(place: Place, size: number, batchSize: number): Place {
  const batches = batchesOf(itemsOf(place, size), batchSize);
  return { ...place, arrivals: Math.min(place.objects, Math.max(place.arrivals, batches)) };
}

/** How many batches it takes at most: an arrival need not fill its last one. */
export function batchesOf({ objects, arrivals, together }: Place, batchSize: number): number {
  const full = Math.ceil(together / batchSize);
  return Math.min(objects, arrivals * full, Math.floor((objects + arrivals * (batchSize - 1)) / batchSize));
}
