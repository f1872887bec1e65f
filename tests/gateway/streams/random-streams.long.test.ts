import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../../../errors/error-codes.ts';
import { formatCursor, parseCursor } from '../../../events/log/cursor.ts';
import { LogTail } from '../../../events/log/log-tail.ts';
import { isAfter } from '../../../events/log/position.ts';
import { createRandom, type Random } from '../../../sandbox/world/random.ts';
import { openRedisLog } from '../../events/log/logs.ts';
import { type RedisServer, startRedis } from '../../state/redis-server.ts';
import { type ServedStreams, serveStreams, settled, type TestStream } from './served-streams.ts';

/** Another one makes other choices: `STREAMS_SEED=100 npm run test:long -- random-streams`. */
const SEED = Number(process.env['STREAMS_SEED'] ?? 1);
const ROUNDS = 8;
const STEPS = 150;
const CLIENTS = 6;
const RECORDS = 30;
/** Few, so that the log is trimmed all the time. */
const MAX_ENTRIES = 300;
/** More than may wait for a client. */
const BURST = 1100;
/** An instance has restarted, or the clock has reached the maximum duration of a stream. */
const ENDS: ReadonlySet<unknown> = new Set<ErrorCode>(['SERVER_DRAINING', 'STREAM_EXPIRED']);

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe(`clients of two instances over a log that is trimmed (seed ${String(SEED)})`, () => {
  it.each(Array.from({ length: ROUNDS }, (_, round) => [SEED + round]))(
    'know the newest state of each record, or that they have lost changes, whatever happens to their streams (seed %s)',
    async (seed) => {
      const world = await World.open(seed);
      try {
        await world.connect();
        for (let step = 0; step < STEPS; step += 1) {
          // At least once in each world, and long before its end.
          if (step === 50) await world.loseLog();
          await world.step();
        }
        await world.catchUp();
        expect(world.faults).toEqual([]);
        expect(world.outdated()).toEqual([]);
        expect(world.seen.has('payload') && world.seen.has('EVENTS_LOST')).toBe(true);
      } finally {
        await world.close();
      }
    },
  );
});

/** Records at a vendor, two instances, and clients that show the records. */
class World {
  readonly faults: string[] = [];
  readonly seen = new Set<string>();
  readonly #random: Random;
  /** Its own, since the order of reads depends on timing. */
  readonly #delays: Random;
  readonly #versions = new Map<string, number>();
  #instances: readonly ServedStreams[] = [];
  #clients: readonly Client[] = [];
  #count = 0;

  private constructor(seed: number) {
    this.#random = createRandom(seed);
    this.#delays = createRandom(seed);
  }

  static async open(seed: number): Promise<World> {
    const world = new World(seed);
    world.#instances = [await world.#serve(), await world.#serve()];
    world.#clients = Array.from({ length: CLIENTS }, (_, index) => new Client(world, index));
    return world;
  }

  async connect(): Promise<void> {
    for (const client of this.#clients) await client.connect(this.#pick(this.#instances));
    await settled();
  }

  get versions(): ReadonlyMap<string, number> {
    return this.#versions;
  }

  async step(): Promise<void> {
    const client = this.#pick(this.#clients);
    const choice = this.#random.integer(0, 99);
    if (choice < 45) await this.#change(this.#random.integer(1, 6));
    else if (choice < 65) client.isReading = !client.isReading;
    else if (choice < 80) await client.reconnect(this.#pick(this.#instances));
    else if (choice < 95)
      for (const { clock } of this.#instances) clock.advance(this.#random.integer(1, 4000));
    else if (choice < 97) await this.#change(BURST, 'burst ');
    else if (choice < 98) await this.loseLog();
    else await this.#restart(this.#random.integer(0, this.#instances.length - 1));
    if (this.#random.integer(0, 2) > 0) await settled();
  }

  /** Lets all clients read until they are at the end of the log. */
  async catchUp(): Promise<void> {
    for (const client of this.#clients) client.isReading = true;
    const [
      {
        events: { log },
      },
    ] = this.#instances as [ServedStreams];
    const head = formatCursor(await log.head());
    while (!this.#clients.every((client) => client.cursor === head)) {
      for (const { clock } of this.#instances) clock.advance(10_000);
      await settled();
      for (const client of this.#clients) {
        client.take();
        if (client.hasEnded) await client.reconnect(this.#pick(this.#instances));
      }
    }
  }

  /** Records of which clients show an old version, without a notice. */
  outdated(): readonly string[] {
    return this.#clients.flatMap(({ name, shown }) =>
      [...this.#versions].flatMap(([id, version]) =>
        shown.get(id) === version
          ? []
          : [`${name}: ${id} ${String(shown.get(id))} of ${String(version)}`],
      ),
    );
  }

  async close(): Promise<void> {
    for (const { close, events } of this.#instances) {
      await close();
      await events.close();
    }
  }

  async #serve(): Promise<ServedStreams> {
    const log = await openRedisLog(redis, { maxEntries: MAX_ENTRIES });
    const tail = new LogTail({ log, rebuildMs: 900_000 });
    tail.start();
    const close = async () => {
      await tail.close();
      await log.close();
    };
    return serveStreams({
      events: { log, tail, close },
      callerLimits: { requestsPerMinute: 600 },
      read: async (id) => {
        const turns = this.#delays.integer(0, 3);
        for (let turn = 0; turn < turns; turn += 1) await new Promise(setImmediate);
        return String(this.#versions.get(id));
      },
    });
  }

  /** The vendor changes records, then sends its events. */
  async #change(count: number, prefix = ''): Promise<void> {
    const ids = Array.from({ length: count }, (_, index) =>
      prefix === '' ? String(this.#random.integer(1, RECORDS)) : prefix + String(index),
    );
    for (const id of ids) this.#versions.set(id, (this.#count += 1));
    await this.#pick(this.#instances).append(...ids.map((id) => ({ id })));
  }

  /** Redis loses all of its data. */
  async loseLog(): Promise<void> {
    await redis.run((client) => client.flushAll());
  }

  /** Its streams end, and their clients continue on the instances that there are. */
  async #restart(index: number): Promise<void> {
    const instance = this.#instances[index] as ServedStreams;
    const started = await this.#serve();
    this.#instances = this.#instances.map((one) => (one === instance ? started : one));
    instance.streams.drain(0);
    for (const client of this.#clients) {
      client.take();
      if (client.hasEnded) await client.reconnect(this.#pick(this.#instances));
    }
    await instance.close();
    await instance.events.close();
  }

  #pick<T>(values: readonly T[]): T {
    return values[this.#random.integer(0, values.length - 1)] as T;
  }
}

/** Shows records, and refetches all of them when it gets EVENTS_LOST. */
class Client {
  readonly name: string;
  readonly shown = new Map<string, number>();
  cursor: string | undefined;
  readonly #world: World;
  #opened: TestStream | undefined;
  #taken = 0;
  #beats = 0;
  #last: string | undefined;
  #hasTakenEnd = false;

  constructor(world: World, index: number) {
    this.name = `client ${String(index)}`;
    this.#world = world;
  }

  get hasEnded(): boolean {
    return this.#opened?.sink.ended !== undefined;
  }

  get isReading(): boolean {
    return this.#opened?.sink.isFull === false;
  }

  set isReading(isReading: boolean) {
    if (this.#opened === undefined) return;
    this.#opened.sink.isFull = !isReading;
    if (isReading) this.#opened.stream?.drained();
  }

  async connect({ open }: ServedStreams): Promise<void> {
    this.#opened = await open({
      query: 'subscription { recordChanged { id kind record { value } } }',
      ip: this.name,
      resumeFrom: this.cursor,
    });
    const { refused, sink } = this.#opened;
    if (refused !== undefined)
      throw new Error(`The stream of ${this.name} was refused: ${refused}`);
    this.#taken = 0;
    this.#beats = 0;
    this.#last = undefined;
    this.#hasTakenEnd = false;
    if (this.cursor === undefined) {
      await sink.until(({ heartbeats, ended }) => heartbeats.length > 0 || ended !== undefined);
      this.take();
    }
  }

  async reconnect(instance: ServedStreams): Promise<void> {
    this.take();
    this.#opened?.stream?.close();
    await this.connect(instance);
  }

  /** Takes what has come. */
  take(): void {
    const { payloads = [], heartbeats = [], ended } = this.#opened?.sink ?? {};
    for (const { data, errors, extensions } of payloads.slice(this.#taken)) {
      this.#moveTo(extensions.cursor);
      if (errors !== undefined) {
        for (const { extensions: { code } = {} } of errors) {
          this.#world.seen.add(String(code));
          if (code !== 'EVENTS_LOST')
            this.#world.faults.push(`${this.name}: a payload with ${String(code)}`);
        }
        for (const [id, version] of this.#world.versions) this.shown.set(id, version);
        continue;
      }
      this.#world.seen.add('payload');
      const { id, record } = data?.['recordChanged'] as { id: string; record: { value: string } };
      this.shown.set(id, Number(record.value));
    }
    this.#taken = payloads.length;
    if (ended !== undefined) this.#takeEnd(ended[0]);
    const beat = heartbeats.slice(this.#beats).at(-1);
    this.#beats = heartbeats.length;
    // The newest of both.
    if (
      ended === undefined &&
      beat !== undefined &&
      (this.#last === undefined || isLater(beat, this.#last))
    )
      this.cursor = beat;
  }

  #takeEnd(error: GraphQLFormattedError | undefined): void {
    if (this.#hasTakenEnd) return;
    this.#hasTakenEnd = true;
    const { code, cursor } = error?.extensions ?? {};
    if (!ENDS.has(code)) this.#world.faults.push(`${this.name}: its stream ended: ${String(code)}`);
    if (typeof cursor === 'string') this.cursor = cursor;
  }

  #moveTo(cursor: string): void {
    if (this.#last !== undefined && !isLater(cursor, this.#last))
      this.#world.faults.push(`${this.name}: ${cursor} after ${this.#last}`);
    this.#last = cursor;
    this.cursor = cursor;
  }
}

function isLater(one: string, other: string): boolean {
  const [first, second] = [parseCursor(one), parseCursor(other)];
  if (first === undefined || second === undefined) return false;
  return first.log !== second.log || isAfter(first.position, second.position);
}
