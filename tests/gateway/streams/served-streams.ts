import { makeExecutableSchema } from '@graphql-tools/schema';
import fastify from 'fastify';
import { execute, type GraphQLFormattedError } from 'graphql';
import type { Change } from '../../../events/change.ts';
import { createMemoryLog } from '../../../events/log/memory-log.ts';
import { LogTail } from '../../../events/log/log-tail.ts';
import {
  type Callers,
  type CallersOptions,
  createCallers,
} from '../../../gateway/access/callers.ts';
import type { DecidePolicies } from '../../../gateway/access/fields/met-conditions.ts';
import { CallerLimits } from '../../../gateway/admission/caller-limits.ts';
import { SERVICE_LIMITS } from '../../../gateway/admission/limit-settings.ts';
import type { StreamLimits } from '../../../gateway/admission/stream-limits.ts';
import { GraphQLServer } from '../../../gateway/graphql/graphql-server.ts';
import { HeavyOperations } from '../../../gateway/graphql/heavy-operations.ts';
import { PersistedQueries } from '../../../gateway/graphql/persisted-queries.ts';
import {
  CurrentGraph,
  type GraphSource,
  ServedGraph,
} from '../../../gateway/graphql/served-graph.ts';
import type { Clock } from '../../../gateway/graphql/streams/clock.ts';
import type {
  StreamPayload,
  StreamSink,
  OpenStream,
} from '../../../gateway/graphql/streams/stream.ts';
import { Streams } from '../../../gateway/graphql/streams/streams.ts';
import { changeOf } from '../../events/changes.ts';
import { ValidationLine } from '../../../gateway/graphql/validation-line.ts';
import type { Graph } from '../../../gateway/operation/graph.ts';
import { Supergraph } from '../../../gateway/supergraph/supergraph.ts';
import { createMonitoring, type Monitoring } from '../../../monitoring/monitoring.ts';
import {
  ANONYMOUS_CALLER,
  type Caller,
  type CallerLimits as Limits,
} from '../../../request/caller.ts';
import { afterSpending, toBudgetResult } from '../../../state/budget.ts';
import type { BudgetStore } from '../../../state/shared-state.ts';

const QUERY = 'subscription ($id: ID) { recordChanged(id: $id) { id kind record { value } } }';

/** A clock that a test moves. */
export class ManualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<{ readonly ms: number; readonly run: () => void; at: number }>();

  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  every(ms: number, run: () => void): () => void {
    const timer = { ms, run, at: this.#now + ms };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].sort((one, other) => one.at - other.at);
      if (next === undefined || next.at > end) break;
      this.#now = next.at;
      next.at += next.ms;
      next.run();
    }
    this.#now = end;
  }
}

/** Takes what a stream sends, as a transport would. */
export class TestSink implements StreamSink {
  readonly transport = 'test';
  isFull = false;
  readonly payloads: StreamPayload[] = [];
  readonly heartbeats: string[] = [];
  ended: readonly GraphQLFormattedError[] | undefined;
  #whenChanged = new Set<() => void>();

  next(payload: StreamPayload): void {
    this.payloads.push(payload);
    this.#changed();
  }

  heartbeat(cursor: string): void {
    this.heartbeats.push(cursor);
    this.#changed();
  }

  end(errors: readonly GraphQLFormattedError[] = []): void {
    this.ended = errors;
    this.#changed();
  }

  /** Waits until something is true of what has come. */
  async until(isSo: (sink: this) => boolean): Promise<this> {
    while (!isSo(this))
      await new Promise<void>((resolve) => {
        this.#whenChanged.add(resolve);
      });
    return this;
  }

  /** Waits for so many payloads. */
  received(count: number): Promise<this> {
    return this.until(({ payloads }) => payloads.length >= count);
  }

  get cursors(): readonly string[] {
    return this.payloads.map(({ extensions }) => extensions.cursor);
  }

  /** `1 UPDATED` for each payload; the code of one without data. */
  get summary(): readonly string[] {
    return this.payloads.map(({ data, errors }) => {
      // A cast: the schema of these tests has it.
      const change = data?.['recordChanged'] as { id: string; kind: string } | undefined;
      return change === undefined
        ? String(errors?.[0]?.extensions?.['code'])
        : `${change.id} ${change.kind}`;
    });
  }

  #changed(): void {
    for (const resolve of this.#whenChanged) resolve();
    this.#whenChanged.clear();
  }
}

export interface ServedStreamsOptions {
  /** Called for each execution; what it returns is the record's value. */
  readonly read?: (id: string, caller: Caller) => unknown;
  readonly limits?: StreamLimits;
  readonly callerLimits?: Limits;
  readonly callers?: Callers;
  readonly isCallerIndependent?: boolean;
  /** @default {@link TYPES} */
  readonly typeDefs?: string;
  /** Decides on the policies of the types. @default they have none */
  readonly policies?: DecidePolicies;
  /** Audiences that see the same types. @default there are no audiences */
  readonly audiences?: readonly string[];
  /** Called when a graph is closed. */
  readonly release?: GraphSource['release'];
  readonly events?: ReturnType<typeof openTestEvents>;
}

export interface ServedStreams {
  readonly streams: Streams;
  readonly clock: ManualClock;
  readonly monitoring: Monitoring;
  readonly events: ReturnType<typeof openTestEvents>;
  readonly graphs: CurrentGraph;
  /** Opens a stream, or says why there is none. */
  readonly open: (options?: OpenOptions) => Promise<TestStream>;
  readonly append: (...changes: readonly Partial<Change>[]) => Promise<void>;
  /** Serves a graph with this schema from now on. */
  readonly reload: (
    typeDefs: string,
    changed?: Pick<ServedStreamsOptions, 'audiences'>,
  ) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface OpenOptions {
  readonly query?: string;
  readonly id?: string;
  readonly caller?: Caller;
  readonly headers?: Readonly<Record<string, string>>;
  /** The audience that the path names. */
  readonly named?: string;
  readonly ip?: string;
  readonly resumeFrom?: string | undefined;
}

export interface TestStream {
  readonly sink: TestSink;
  readonly stream: OpenStream | undefined;
  /** The code of the refusal. */
  readonly refused: string | undefined;
}

export function openTestEvents(retentionMs = 3_600_000) {
  const log = createMemoryLog({ retentionMs });
  const tail = new LogTail({ log, rebuildMs: 900_000 });
  tail.start();
  return { log, tail, close: () => tail.close() };
}

export const TYPES = /* GraphQL */ `
  type Query {
    record(id: ID!): Record
  }
  type Subscription {
    recordChanged(id: ID): RecordChange
  }
  type RecordChange {
    id: ID!
    kind: String!
    record: Record
  }
  type Record {
    value: String
  }
`;

/** The streams of one process over a small graph of one type. */
export async function serveStreams(options: ServedStreamsOptions = {}): Promise<ServedStreams> {
  const events = options.events ?? openTestEvents();
  const clock = new ManualClock();
  const monitoring = createMonitoring({ vendors: [] });
  const log = fastify({ logger: false }).log;
  const graphs = new CurrentGraph(await startGraph(options.typeDefs ?? TYPES, options));
  const streams = new Streams({
    tail: events.tail,
    graphs,
    requestTimeoutMs: 10_000,
    callers: options.callers ?? NOBODY_KNOWN,
    callerLimits: options.callerLimits && new CallerLimits(options.callerLimits, budgetsBy(clock)),
    limits: options.limits,
    monitoring,
    clock,
  });
  let keys = 0;
  return {
    streams,
    clock,
    monitoring,
    events,
    graphs,
    open: async ({
      query = QUERY,
      id,
      caller = ANONYMOUS_CALLER,
      headers = {},
      named,
      ip = '127.0.0.1',
      resumeFrom,
    } = {}) => {
      const sink = new TestSink();
      const opened = await streams.open({
        client: { caller, method: 'POST', headers, ip, requestId: 'a test', log },
        parameters: {
          query,
          id: undefined,
          persisted: undefined,
          operationName: undefined,
          variables: id === undefined ? {} : { id },
        },
        pathAudience: named,
        resumeFrom,
        sink,
      });
      return 'status' in opened
        ? { sink, stream: undefined, refused: String(opened.errors?.[0]?.extensions?.['code']) }
        : { sink, stream: opened, refused: undefined };
    },
    append: async (...changes) => {
      await events.log.append(
        changes.map((change) => ({
          key: `${String(Math.random())} ${String((keys += 1))}`,
          changes: [{ ...CHANGE, ...change }],
        })),
      );
    },
    reload: async (typeDefs, changed) => {
      graphs.replace(await startGraph(typeDefs, { ...options, ...changed }));
    },
    close: async () => {
      streams.close();
      await graphs.close();
      if (options.events === undefined) await events.close();
    },
  };
}

/** Lets everything go on that waits for nothing outside the process. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1)
    await new Promise<void>((resolve) => {
      setImmediate(resolve);
    });
}

/** What finds out callers where there is no key. */
export const NO_KEYS: Pick<CallersOptions, 'anonymous' | 'keys'> = {
  anonymous: ANONYMOUS_CALLER,
  keys: {
    identify: () => ANONYMOUS_CALLER,
    logTo: () => undefined,
    reload: () => Promise.resolve([]),
    close: () => undefined,
  },
};

const NOBODY_KNOWN: Callers = createCallers({ ...NO_KEYS, tokens: undefined });

const CHANGE = changeOf('1', { vendor: 'test', type: 'Record' });

/** Budgets as in one process, by the test's clock. */
function budgetsBy(clock: Clock): BudgetStore {
  const wholeAt = new Map<string, number>();
  return {
    spend: (key, amount, budget) => {
      const owedMs = Math.max(0, (wholeAt.get(key) ?? 0) - clock.now());
      const after = afterSpending(owedMs, amount, budget);
      if (after !== undefined) wholeAt.set(key, clock.now() + after);
      return toBudgetResult(owedMs, after, amount, budget);
    },
  };
}

const LINKS = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@authenticated", "@requiresScopes", "@policy"])
`;

const ACCESS_DIRECTIVES = / @(authenticated|\w+\((scopes|policies):[^)]*\))/g;

async function startGraph(
  typeDefs: string,
  {
    read = () => 'as it is',
    isCallerIndependent = true,
    policies,
    audiences,
    release = () => Promise.resolve(),
  }: ServedStreamsOptions,
): Promise<ServedGraph> {
  const schema = makeExecutableSchema({
    typeDefs: typeDefs.replace(ACCESS_DIRECTIVES, ''),
    resolvers: {
      Subscription: { recordChanged: { resolve: (change: Change) => change } },
      RecordChange: { record: ({ id }: Change) => ({ id }) },
      Record: {
        value: async ({ id }: Change, _args: unknown, { caller }: { readonly caller: Caller }) =>
          await read(id, caller),
        secret: ({ id }: Change) => `the secret of ${id}`,
      },
    },
    resolverValidationOptions: { requireResolversToMatchSchema: 'ignore' },
  });
  const graph: Graph = {
    schema,
    supergraph: new Supergraph(LINKS + typeDefs),
    execute: async ({ document, name }, request) =>
      await execute({
        schema,
        document,
        operationName: name,
        variableValues: request.variables,
        contextValue: request,
        rootValue: request.change,
      }),
    close: () => Promise.resolve(),
  };
  const source: GraphSource = {
    graph,
    revision: 'first',
    isCallerIndependent,
    costs: { limits: { maxCost: 50_000, maxVendorCalls: 500 }, tracksVendorCalls: false },
    changeFields: { recordChanged: { type: 'Record', filters: {} } },
    files: {},
    ...(audiences && {
      audiences: new Map(audiences.map((name) => [name, { sdl: typeDefs, open: () => graph }])),
    }),
    release,
  };
  return await ServedGraph.start(source, (served, { costs, changeFields }) =>
    GraphQLServer.start({
      graph: served,
      persisted: new PersistedQueries(undefined),
      limits: SERVICE_LIMITS,
      costs,
      changeFields,
      introspection: true,
      policies,
      heavy: new HeavyOperations(),
      validation: new ValidationLine(),
      production: false,
    }),
  );
}
