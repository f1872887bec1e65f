/** An estimate of the objects at one position in the response. */
export interface ObjectEstimate {
  /** The maximum number of objects. */
  readonly objects: number;
  /** The maximum number of arrivals: objects that arrive at different times are not in the same batch. */
  readonly arrivals: number;
  /** The maximum number of objects in one arrival. */
  readonly together: number;
}

export const ROOT: ObjectEstimate = { objects: 1, arrivals: 1, together: 1 };

/** The items of each object's list. */
export function itemsOf(
  { objects, arrivals, together }: ObjectEstimate,
  size: number,
): ObjectEstimate {
  return { objects: objects * size, arrivals, together: together * size };
}

/** Objects that each wait for their own call. */
export const oneCallEach = ({ objects }: ObjectEstimate): ObjectEstimate => ({
  objects,
  arrivals: objects,
  together: Math.min(1, objects),
});

/** Objects that wait for the batches that contain them. */
export function inBatches(estimate: ObjectEstimate, batchSize: number): ObjectEstimate {
  const arrivals = batchCount(estimate, batchSize);
  return { objects: estimate.objects, arrivals, together: Math.min(estimate.together, batchSize) };
}

/** Objects that each wait for the batches with the items of their lists. */
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

/** The maximum number of batches: the last one of each arrival can be partly filled. */
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
