import { setImmediate as nextTurn } from 'node:timers/promises';
import { CodedError } from '../../../errors/coded-error.ts';
import type { LogEntry, LogHead } from '../../../events/log/change-log.ts';
import type { LogTail } from '../../../events/log/log-tail.ts';
import { readTraceparent, type Tracing } from '../../../monitoring/tracing.ts';
import { clientKeyOf } from '../../../request/client-key.ts';
import type { Callers } from '../../access/callers.ts';
import type { SignCaller } from '../../access/services/signed-caller.ts';
import type { CallerLimits } from '../../admission/caller-limits.ts';
import {
  DEFAULT_STREAM_LIMITS,
  type StreamLimits,
  StreamPlaces,
} from '../../admission/stream-limits.ts';
import { type GraphQLResponse, refuse } from '../graphql-server.ts';
import type { ServedContext } from '../served-context.ts';
import type { CurrentGraph } from '../served-graph.ts';
import { type Clock, SYSTEM_CLOCK } from './clock.ts';
import { CredentialChecks } from './credential-checks.ts';
import { Executions } from './executions.ts';
import { LiveStream } from './live-stream.ts';
import { storedAt } from './pending-changes.ts';
import type { StreamDependencies } from './stream-dependencies.ts';
import { prepareStream } from './prepared-stream.ts';
import { runAsRequest, type StreamMonitoring } from './stream-context.ts';
import type { OpenStream, StreamRequest } from './stream.ts';
import { DRAINING, EXPIRED, TOKEN_EXPIRED } from './stream-errors.ts';
import { StreamIndex } from './stream-index.ts';
import { readResumption, startNow } from './stream-start.ts';

export interface StreamsOptions {
  readonly tail: LogTail;
  readonly graphs: CurrentGraph;
  readonly requestTimeoutMs: number;
  /** Checks whether credentials are still valid. */
  readonly callers: Callers;
  /** The callers' limits. Each payload counts as a request. @default no limits */
  readonly callerLimits?: CallerLimits | undefined;
  /** @default 20 per caller, 5,000 per process */
  readonly limits?: StreamLimits | undefined;
  /** @default services do not receive the caller */
  readonly signCaller?: SignCaller | undefined;
  readonly monitoring: StreamMonitoring;
  /** @default no tracing */
  readonly tracing?: Tracing | undefined;
  /** @default the system clock */
  readonly clock?: Clock;
}

/** The streams of a process. Dispatches changes to them, and ends expired ones. */
export class Streams {
  readonly #options: StreamsOptions;
  readonly #dependencies: StreamDependencies;
  readonly #places: StreamPlaces;
  readonly #credentials: CredentialChecks;
  readonly #live = new StreamIndex<LiveStream>();
  readonly #open = new Map<LiveStream, OpenEntry>();
  readonly #stops: (() => void)[];
  #head: LogHead | undefined;
  #isDraining = false;

  constructor(options: StreamsOptions) {
    const { tail, graphs, requestTimeoutMs, callers, callerLimits, signCaller } = options;
    const { clock = SYSTEM_CLOCK, limits = DEFAULT_STREAM_LIMITS, monitoring, tracing } = options;
    this.#options = options;
    this.#places = new StreamPlaces(limits);
    this.#credentials = new CredentialChecks(callers);
    this.#head = tail.head;
    this.#dependencies = {
      tail,
      graphs,
      requestTimeoutMs,
      limits: callerLimits,
      signCaller,
      executions: new Executions(clock),
      monitoring,
      monitor: monitoring.streams,
      tracing,
      clock,
      readHead: () => this.#head,
    };
    graphs.onReplace(() => void this.#revalidate());
    this.#stops = [
      tail.listen(
        (entries, head) => {
          this.#dispatch(entries, head);
        },
        (head) => {
          for (const stream of this.#live.all()) stream.markLost('log');
          this.#head = head;
        },
      ),
      clock.every(HEARTBEAT_MS, () => void this.#sendHeartbeats()),
      clock.every(CREDENTIALS_MS, () => void this.#credentials.check()),
      clock.every(WAKE_MS, () => {
        this.#wake();
      }),
    ];
  }

  /** The resources that streams hold. All are zero a second after the last stream has ended. */
  get held(): Readonly<
    Record<'streams' | 'live' | 'clients' | 'credentials' | 'executions', number>
  > {
    return {
      streams: this.#open.size,
      live: this.#live.size,
      clients: this.#places.clients,
      credentials: this.#credentials.size,
      executions: this.#dependencies.executions.size,
    };
  }

  /**
   * Opens a stream. Nothing is written to its sink in the turn of the event loop in which this resolves.
   * @returns the refusal of a request that gets no stream
   */
  open(request: StreamRequest): Promise<OpenStream | GraphQLResponse> {
    const { tracing, requestTimeoutMs: timeoutMs, signCaller, monitoring } = this.#options;
    const { client } = request;
    const { caller, headers, method } = client;
    const traceparent = readTraceparent(headers['traceparent']);
    const span = tracing?.begin({ method, traceparent });
    const options = { client, caller, timeoutMs, signCaller, monitoring, span, traceparent };
    return runAsRequest(options, undefined, async (context) => {
      request.onContext?.(context);
      try {
        return await this.#admit(request, context);
      } catch (error) {
        if (error instanceof CodedError) return refuse(error, context);
        throw error;
      }
    });
  }

  /** Refuses new streams, and ends the open ones evenly over a time. */
  drain(overMs: number): void {
    if (this.#isDraining) return;
    this.#isDraining = true;
    const rounds = Math.ceil(overMs / DRAIN_ROUND_MS);
    if (rounds < 2) {
      this.#endAll();
      return;
    }
    const perRound = Math.ceil(this.#open.size / rounds);
    this.#stops.push(
      this.#dependencies.clock.every(DRAIN_ROUND_MS, () => {
        for (const stream of [...this.#open.keys()].slice(0, perRound))
          stream.end('draining', DRAINING);
      }),
    );
  }

  /** Ends all streams. */
  close(): void {
    this.#isDraining = true;
    this.#endAll();
    for (const stop of this.#stops.splice(0)) stop();
  }

  async #admit(
    request: StreamRequest,
    context: ServedContext,
  ): Promise<OpenStream | GraphQLResponse> {
    if (this.#isDraining) throw DRAINING;
    const { caller, ip } = request.client;
    let release: (() => void) | undefined = this.#places.take(clientKeyOf(caller, ip));
    try {
      const stream = await this.#begin(request, context, release);
      if (!(stream instanceof LiveStream)) return stream;
      release = undefined;
      context.record.setResult({}, undefined);
      return this.#toOpenStream(stream);
    } finally {
      release?.();
    }
  }

  async #begin(
    request: StreamRequest,
    context: ServedContext,
    release: () => void,
  ): Promise<LiveStream | GraphQLResponse> {
    const { client, resumeFrom = request.parameters.resumeFrom } = request;
    const resumption = readResumption(resumeFrom);
    const prepared = await prepareStream(this.#options.graphs, request, context);
    if ('status' in prepared) return prepared;
    const refusal = this.#dependencies.limits
      ?.admit(client.caller, client.ip)
      ?.refuseAlways(prepared.cost?.estimated ?? 0);
    if (refusal !== undefined) throw refusal;
    const start = resumption ?? (await startNow(this.#head, this.#options.tail));
    if (this.#isDraining) throw DRAINING;
    const { clock, monitor } = this.#dependencies;
    const entry: OpenEntry = { expiresAt: clock.now() + lifetimeMs(), stop: release };
    monitor.opened(request.sink.transport);
    const { traceparent } = context.scope.forwarded ?? {};
    const stream = new LiveStream(
      { ...request, traceparent },
      prepared,
      start,
      this.#dependencies,
      {
        onLive: (live) => {
          this.#live.add(live, live.subscription);
        },
        onEnd: (ended) => {
          this.#live.remove(ended);
          this.#open.delete(ended);
          entry.stop();
        },
      },
    );
    this.#open.set(stream, entry);
    const stopChecks = this.#credentials.add(client.headers, holderOf(stream));
    entry.stop = () => {
      stopChecks();
      release();
    };
    return stream;
  }

  #toOpenStream(stream: LiveStream): OpenStream {
    // The transport writes the head of the response first.
    setImmediate(() => {
      stream.heartbeat();
      stream.wake();
    });
    return {
      close: () => {
        stream.close();
      },
      drained: () => {
        stream.wake();
      },
    };
  }

  #dispatch(entries: readonly LogEntry[], head: LogHead): void {
    const now = this.#dependencies.clock.now();
    for (const entry of entries) {
      const stored = storedAt(entry, head, now);
      this.#live.forEach(entry.change, (stream) => {
        stream.take(entry, stored);
      });
    }
    this.#head = head;
  }

  async #sendHeartbeats(): Promise<void> {
    await this.#forEach((stream) => {
      stream.heartbeat();
    });
  }

  /** The graph was replaced. */
  async #revalidate(): Promise<void> {
    for (const stream of [...this.#open.keys()]) await stream.revalidate();
  }

  /** Wakes streams that wait for a budget or the log, and ends expired ones. */
  #wake(): void {
    const { clock, executions } = this.#dependencies;
    const now = clock.now();
    executions.sweep();
    for (const [stream, { expiresAt }] of [...this.#open]) {
      if (now >= expiresAt) stream.end('expired', EXPIRED);
      else stream.wake();
    }
  }

  async #forEach(visit: (stream: LiveStream) => void): Promise<void> {
    let count = 0;
    for (const stream of [...this.#open.keys()]) {
      visit(stream);
      count += 1;
      // Thousands of writes in one turn would delay requests.
      if (count % PER_TURN === 0) await nextTurn();
    }
  }

  #endAll(): void {
    for (const stream of [...this.#open.keys()]) stream.end('draining', DRAINING);
  }
}

interface OpenEntry {
  /** In the time of the streams' clock. */
  readonly expiresAt: number;
  /** Releases the resources of the stream. */
  stop: () => void;
}

const HEARTBEAT_MS = 10_000;
/** Key stores see a change after two seconds, too. */
const CREDENTIALS_MS = 2000;
const WAKE_MS = 1000;
const DRAIN_ROUND_MS = 100;
/** The number of streams. */
const PER_TURN = 200;

const MAX_LIFETIME_MS = 3_600_000;

/** At most an hour, with jitter for streams that were opened together. */
const lifetimeMs = () => MAX_LIFETIME_MS * (1 - Math.random() / 10);

const holderOf = (stream: LiveStream) => ({
  get caller() {
    return stream.caller;
  },
  setCaller: (caller: LiveStream['caller']) => {
    stream.setCaller(caller);
    void stream.revalidate();
  },
  credentialInvalidated: () => {
    stream.end('credential', TOKEN_EXPIRED);
  },
});
