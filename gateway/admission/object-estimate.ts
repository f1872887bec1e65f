/** What is known beforehand of the objects at one place of an answer. */
export interface ObjectEstimate {
  /** How many there can be. */
  readonly objects: number;
  /** How many times some of them can arrive: what arrives later is not in a batch with what arrived before. */
  readonly arrivals: number;
  /** How many can arrive at once. */
  readonly together: number;
}

export const ROOT: ObjectEstimate = { objects: 1, arrivals: 1, together: 1 };

/** The place of the items of each object's list. */
export function itemsOf(
  { objects, arrivals, together }: ObjectEstimate,
  size: number,
): ObjectEstimate {
  return { objects: objects * size, arrivals, together: together * size };
}

/** Objects that each wait for a call of their own. */
export const oneCallEach = ({ objects }: ObjectEstimate): ObjectEstimate => ({
  objects,
  arrivals: objects,
  together: Math.min(1, objects),
});

/** Objects that wait for the batches of which each is part. */
export function inBatches(estimate: ObjectEstimate, batchSize: number): ObjectEstimate {
  const arrivals = batchCount(estimate, batchSize);
  return { objects: estimate.objects, arrivals, together: Math.min(estimate.together, batchSize) };
}

/** Objects that each wait for as many batches as have items of its list. */
export function inBatchesOfItems(
  estimate: ObjectEstimate,
  size: number,
  batchSize: number,
): ObjectEstimate {
  const batches = batchCount(itemsOf(estimate, size), batchSize);
  return {
    ...estimate,
    arrivals: Math.min(estimate.objects, Math.max(estimate.arrivals, batches)),
  };
}

/** How many batches it takes at most: an arrival need not fill its last one. */
export function batchCount(
  { objects, arrivals, together }: ObjectEstimate,
  batchSize: number,
): number {
  const full = Math.ceil(together / batchSize);
  return Math.min(
    objects,
    arrivals * full,
    Math.floor((objects + arrivals * (batchSize - 1)) / batchSize),
  );
}
