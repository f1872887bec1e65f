import { parseCursor } from '../../../events/log/cursor.ts';
import { comparePositions } from '../../../events/log/position.ts';
import type { EventReader } from './read-events.ts';
import { subscribeBy, type Transport } from './read-by-transport.ts';

export interface ResumingSubscriberOptions {
  readonly transport: Transport;
  /** Where it begins. */
  readonly cursor: string;
  /** The URL for an attempt, counted from 0; waits until a server listens there. */
  readonly server: (attempt: number) => Promise<string>;
  /** After how many payloads of a stream the client's network breaks. @default never */
  readonly breaksAfter?: () => number;
  /** Called when payments were seen. */
  readonly onSeen?: () => void;
}

/** A client that shows payments. After each lost connection it resumes from its newest cursor. */
export class ResumingSubscriber {
  /** How often each payment has come. */
  readonly seen = new Map<string, number>();
  /** Codes of the errors that have come. */
  readonly errors: unknown[] = [];
  /** Violations within one stream: a cursor that is not after the one before, a payment that comes twice. */
  readonly faults: string[] = [];
  /** How many streams were opened. */
  streams = 0;
  #cursor: string;
  readonly #options: ResumingSubscriberOptions;
  readonly #running: Promise<void>;
  #reader: EventReader | undefined;
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(options: ResumingSubscriberOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
    this.#running = this.#run();
    // `until` and `close` throw it.
    this.#running.catch(() => undefined);
  }

  /** Waits until something is true of what has come. */
  async until(isSo: (subscriber: this) => boolean): Promise<void> {
    while (!isSo(this))
      await Promise.race([
        this.#running,
        new Promise<void>((resolve) => {
          this.#wake = resolve;
        }),
      ]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#reader?.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { server, transport, breaksAfter = () => Infinity } = this.#options;
    for (let attempt = 0; !this.#isClosed; attempt += 1) {
      const url = await server(attempt);
      const extensions = { resumeFrom: this.#cursor };
      // Undefined where the server ends before it responds.
      const reader = await subscribeBy[transport](url, { query: QUERY, extensions }).catch(
        () => undefined,
      );
      if (reader === undefined) continue;
      this.streams += 1;
      this.#reader = reader;
      await this.#follow(reader, breaksAfter());
    }
  }

  /** Reads a stream to its end, or up to so many payloads. */
  async #follow(reader: EventReader, most: number): Promise<void> {
    const stream: StreamSoFar = { payments: new Set(), cursor: undefined };
    let count = 0;
    while (count < most && !this.#isClosed) {
      await reader.until(({ payloads }) => payloads.length > count);
      const payloads = reader.payloads.slice(count, most);
      if (payloads.length === 0) {
        // Heartbeats have cursors, too.
        this.#cursor = reader.ids.at(-1) ?? this.#cursor;
        break;
      }
      count += payloads.length;
      for (const payload of payloads) this.#take(payload, stream);
      this.#wake();
      this.#options.onSeen?.();
    }
    reader.close();
  }

  #take(
    { data, errors = [], extensions }: EventReader['payloads'][number],
    stream: StreamSoFar,
  ): void {
    for (const error of errors) this.errors.push(error.extensions?.['code'] ?? error.message);
    const { cursor } = extensions ?? {};
    if (cursor !== undefined) {
      if (!isLater(cursor, stream.cursor))
        this.faults.push(`${cursor} comes after ${String(stream.cursor)}`);
      stream.cursor = cursor;
      this.#cursor = cursor;
    }
    // A cast: it is what the subscription selects.
    const { id } = (data?.['paymentChanged'] ?? {}) as { readonly id?: string };
    if (id === undefined) return;
    if (stream.payments.has(id)) this.faults.push(`${id} comes twice`);
    stream.payments.add(id);
    this.seen.set(id, (this.seen.get(id) ?? 0) + 1);
  }
}

interface StreamSoFar {
  readonly payments: Set<string>;
  cursor: string | undefined;
}

/** Of one log. */
function isLater(cursor: string, before: string | undefined): boolean {
  const [one, other] = [parseCursor(cursor), parseCursor(before ?? '')];
  if (one === undefined) return false;
  if (other === undefined) return before === undefined;
  return one.log === other.log && comparePositions(one.position, other.position) > 0;
}

const QUERY = 'subscription { paymentChanged { id } }';
