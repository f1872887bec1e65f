import type { Change } from '../../../events/change.ts';
import type { Subscription } from './subscription.ts';

/** Finds those whom a change may be for without asking all of them. */
export class StreamIndex<Stream extends object> {
  readonly #byType = new Map<string, StreamsOfType<Stream>>();
  readonly #removals = new Map<Stream, () => void>();

  get size(): number {
    return this.#removals.size;
  }

  /** Takes the place of what was added for the stream before. */
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

  /** Calls back for each stream about the record, or about all of its type. */
  forEach({ type, id }: Change, visit: (stream: Stream) => void): void {
    const ofType = this.#byType.get(type);
    for (const stream of ofType?.all ?? []) visit(stream);
    for (const stream of ofType?.byId.get(id) ?? []) visit(stream);
  }

  /** All of them, as they are now. */
  all(): readonly Stream[] {
    return [...this.#removals.keys()];
  }
}

interface StreamsOfType<Stream> {
  readonly all: Set<Stream>;
  readonly byId: Map<string, Set<Stream>>;
}
