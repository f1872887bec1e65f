import type { LogEntry } from '../../../events/change-log.ts';
import { formatCursor } from '../../../events/cursor.ts';
import type { LogTail } from '../../../events/log-tail.ts';
import { ORIGIN, type Position } from '../../../events/position.ts';
import { chooseAudience } from '../audience-choice.ts';
import type { GraphQLResponse, GraphQLServer } from '../graphql-server.ts';
import type { ServedContext } from '../served-context.ts';
import type { CurrentGraph } from '../served-graph.ts';
import { openContext } from './open-context.ts';
import type { OpenStream, StreamRequest } from './stream.ts';
import type { Subscription } from './subscription.ts';

export interface StreamsOptions {
  readonly tail: LogTail;
  readonly graphs: CurrentGraph;
  readonly requestTimeoutMs: number;
}

/** The streams of a process. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #open = new Set<Stream>();

  constructor(options: StreamsOptions) {
    this.#options = options;
    options.tail.listen((entries) => {
      for (const stream of this.#open) stream.hear(entries);
    });
  }

  /** @returns the refusal of a request that gets no stream */
  async open(request: StreamRequest): Promise<OpenStream | GraphQLResponse> {
    const { tail, graphs, requestTimeoutMs } = this.#options;
    const { client, parameters, named } = request;
    const { server: whole, audiences } = graphs.value;
    const audience = chooseAudience({ caller: client.caller, named, audiences });
    const server =
      audience === undefined || audiences === undefined ? whole : await audiences.of(audience);
    const context = () => openContext(client, requestTimeoutMs);
    const subscription = await server.subscribe({ ...parameters, mayChange: true }, context());
    if ('status' in subscription) return subscription;
    const stream = new Stream(request, server, context, subscription, tail);
    this.#open.add(stream);
    return {
      close: () => {
        this.#open.delete(stream);
      },
      drained: () => undefined,
    };
  }
}

class Stream {
  readonly #request: StreamRequest;
  readonly #server: GraphQLServer;
  readonly #context: () => ServedContext;
  readonly #subscription: Subscription;
  readonly #tail: LogTail;
  #last: Promise<void> = Promise.resolve();

  constructor(
    request: StreamRequest,
    server: GraphQLServer,
    context: () => ServedContext,
    subscription: Subscription,
    tail: LogTail,
  ) {
    this.#request = request;
    this.#server = server;
    this.#context = context;
    this.#subscription = subscription;
    this.#tail = tail;
  }

  hear(entries: readonly LogEntry[]): void {
    for (const entry of entries)
      if (this.#subscription.matches(entry.change))
        this.#last = this.#last.then(() => this.#send(entry));
  }

  async #send({ change, position }: LogEntry): Promise<void> {
    const { data, errors } = await this.#server.answerChange(
      this.#subscription,
      change,
      this.#context(),
    );
    this.#request.sink.next({ data, errors, extensions: { cursor: this.#cursorAt(position) } });
  }

  #cursorAt(position: Position = this.#tail.head?.position ?? ORIGIN): string {
    return formatCursor({ log: this.#tail.head?.log ?? '', position });
  }
}
