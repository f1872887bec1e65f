/** Names an entity to a subgraph. */
export type Representation = Readonly<Record<string, unknown>>;

/** What of a list is distinct, and where each item of the list is in that. */
export interface DistinctRepresentations {
  readonly distinct: readonly Representation[];
  /** For each item of the whole list the index of its equal in `distinct`. */
  readonly indexes: readonly number[];
}

/** Finds equal representations: a list of payments names the same customer many times. */
export function distinctRepresentations(all: readonly Representation[]): DistinctRepresentations {
  const distinct: Representation[] = [];
  const known = new Map<string, number>();
  const indexes = all.map((representation) => {
    // The gateway writes the keys of all representations of one fetch in the same order.
    const text = JSON.stringify(representation);
    const index = known.get(text) ?? distinct.push(representation) - 1;
    known.set(text, index);
    return index;
  });
  return { distinct, indexes };
}

/** Puts the answers for distinct representations back where their equals were. */
export function spreadEntities(entities: readonly unknown[], { indexes }: DistinctRepresentations): unknown[] {
  const given = new Set<number>();
  return indexes.map((index) => {
    const entity = entities[index] ?? null;
    // The gateway merges later answers into these objects: each place needs its own.
    const isFirst = !given.has(index);
    given.add(index);
    return isFirst ? entity : structuredClone(entity);
  });
}

/** The places in the whole list of one distinct representation. */
export function placesOf(index: number, { indexes }: DistinctRepresentations): number[] {
  return indexes.flatMap((distinct, place) => (distinct === index ? [place] : []));
}
