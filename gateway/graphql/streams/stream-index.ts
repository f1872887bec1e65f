import type { Change } from '../../../events/change.ts';
import type { Subscription } from './subscription.ts';

/** Indexes streams by type and id, to find the candidates for a change. */
export class StreamIndex<Stream extends object> {
  readonly #byType = new Map<string, StreamsOfType<Stream>>();
  readonly #removals = new Map<Stream, () => void>();

  get size(): number {
    return this.#removals.size;
  }

  /** Replaces an earlier entry of the stream. */
  add(stream: Stream, { type, id }: Pick<Subscription, 'type' | 'id'>): void {
    this.remove(stream);
    const ofType = this.#byType.get(type) ?? {
      all: new Set<Stream>(),
      byId: new Map<string, Set<Stream>>(),
    };
    this.#byType.set(type, ofType);
    const streams = id === undefined ? ofType.all : (ofType.byId.get(id) ?? new Set<Stream>());
    if (id !== undefined) ofType.byId.set(id, streams);
    streams.add(stream);
    this.#removals.set(stream, () => {
      streams.delete(stream);
      if (id !== undefined && streams.size === 0) ofType.byId.delete(id);
    });
  }

  remove(stream: Stream): void {
    this.#removals.get(stream)?.();
    this.#removals.delete(stream);
  }

  /** Visits each stream for the record, or for all records of its type. */
  forEach({ type, id }: Change, visit: (stream: Stream) => void): void {
    const ofType = this.#byType.get(type);
    for (const stream of ofType?.all ?? []) visit(stream);
    for (const stream of ofType?.byId.get(id) ?? []) visit(stream);
  }

  /** A copy of all streams. */
  all(): readonly Stream[] {
    return [...this.#removals.keys()];
  }
}

interface StreamsOfType<Stream> {
  readonly all: Set<Stream>;
  readonly byId: Map<string, Set<Stream>>;
}
