import { CacheInvalidation } from '../../../events/cache-invalidation.ts';
import { createMemoryLog } from '../../../events/log/memory-log.ts';
import { LogTail } from '../../../events/log/log-tail.ts';
import type { OpenEvents } from '../../../events/open-events.ts';
import type { DeliveryFault } from '../../../sandbox/events/deliveries.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { createRandom, type Random } from '../../../sandbox/world/random.ts';
import { CUSTOM_FIELDS } from '../access/matrix/custom-fields.ts';
import { persistedAs } from '../persisted-as.ts';
import {
  type GatewayResponse,
  sendOperation,
  codesAndPaths,
  requestsSince,
  startTestGateway,
  type TestGateway,
} from '../start-gateway.ts';
import { createTestCatchUps, type TestCatchUps } from '../test-catch-ups.ts';
import { change, createRecords } from './edits.ts';
import { chooseQueries, type ComparedQuery } from './queries.ts';
import { readRecords, type Records } from './records.ts';

export interface ComparisonOptions {
  readonly mode: 'embedded' | 'distributed';
  /** The same one makes the same choices. */
  readonly seed: number;
  readonly changes: number;
}

/** What the comparisons have found. */
export interface ComparisonResult {
  /** Responses that differ from those without a cache, each with the changes before it. */
  readonly differences: readonly string[];
  /** How many responses took no vendor call, and how many were 304. */
  readonly cached: number;
  readonly unchanged: number;
  readonly changes: readonly string[];
}

/**
 * Changes records at random, and compares the responses of a gateway with live caches after each change with those of one without a
 * cache.
 */
export async function compareAfterChanges({
  mode,
  seed,
  changes,
}: ComparisonOptions): Promise<ComparisonResult> {
  await using comparison = await Comparison.open(mode, seed);
  for (let step = 1; step <= changes; step += 1) {
    await comparison.change(step);
    comparison.expectHealth();
    await comparison.compare();
    // Signatures expire after five minutes.
    if (step > MAX_PASSES) continue;
    // The lag of HubSpot's search: from then on, searches are cached and tags count.
    await comparison.pass(11);
    await comparison.compare();
  }
  return comparison;
}

const MAX_PASSES = 20;

/** The same while no webhook arrives: after the next catch-up, while there is no cache, and once the caches are used again. */
export async function compareWithoutWebhooks({
  mode,
  seed,
  changes,
}: ComparisonOptions): Promise<ComparisonResult> {
  await using comparison = await Comparison.open(mode, seed);
  comparison.deliveries = 'cut';
  for (let step = 1; step <= changes; step += 1) await comparison.change(step);
  await comparison.createRecords(changes + 1);
  await comparison.passUntil('unhealthy');
  // With half of the seeds, the client has its tags from before the webhooks were lost.
  if (seed % 2 === 0) await comparison.compare();
  comparison.deliveries = null;
  await comparison.passUntil('healthy');
  await comparison.compare();
  comparison.cached = 0;
  // The caches are used again.
  await comparison.compare();
  return comparison;
}

interface Parts {
  readonly sandbox: Sandbox;
  readonly catchUps: TestCatchUps;
  readonly events: OpenEvents;
  readonly gateway: TestGateway;
  /** Without a cache. */
  readonly uncached: TestGateway;
  readonly records: Records;
}

class Comparison implements ComparisonResult {
  readonly differences: string[] = [];
  cached = 0;
  unchanged = 0;
  readonly changes: string[] = [];
  readonly #random: Random;
  /** The last response to each query that had an entity tag. */
  readonly #tagged = new Map<ComparedQuery, { readonly tag: string; readonly text: string }>();
  readonly #expected = new Map<ComparedQuery, string>();
  #queries: readonly ComparedQuery[] = [];

  readonly #parts: Parts;

  private constructor(parts: Parts, seed: number) {
    this.#parts = parts;
    this.#random = createRandom(seed);
  }

  static async open(mode: ComparisonOptions['mode'], seed: number): Promise<Comparison> {
    const catchUps = createTestCatchUps();
    const sandbox = await startSandbox({ now: catchUps.now });
    const events = openEventsAt(catchUps.now);
    const uncached = await startTestGateway({ sandbox, extend: CUSTOM_FIELDS });
    const gateway = await startTestGateway({
      mode,
      sandbox,
      catchUps,
      events,
      extend: CUSTOM_FIELDS,
      receivesEvents: true,
      environment: { CRM_CACHE: 'live', PAYMENTS_CACHE: 'live' },
    });
    const records = await readRecords(uncached);
    const comparison = new Comparison(
      { sandbox, catchUps, events, gateway, uncached, records },
      seed,
    );
    comparison.#queries = chooseQueries(records, comparison.#random);
    for (const { query, variables } of comparison.#queries)
      await sendOperation(gateway.url, { query, variables, extensions: persistedAs(query) });
    // From now on the caches rely on the vendors' health.
    await comparison.pass(10);
    await comparison.compare();
    // No record has changed yet.
    comparison.cached = 0;
    return comparison;
  }

  /** The caches are used only while their vendors are healthy. */
  expectHealth(): void {
    for (const vendor of VENDORS)
      if (this.#is(vendor) === 'unhealthy') this.#addDifference(`${vendor} is unhealthy`);
  }

  async passUntil(health: 'healthy' | 'unhealthy'): Promise<void> {
    for (let seconds = 0; VENDORS.some((vendor) => this.#is(vendor) !== health);) {
      if ((seconds += 5) > 125) throw new Error(`The vendors do not become ${health}.`);
      await this.pass(5);
    }
  }

  #is(vendor: string): 'healthy' | 'unhealthy' {
    return this.#parts.events.invalidation.isHealthy(vendor) ? 'healthy' : 'unhealthy';
  }

  set deliveries(fault: DeliveryFault | null) {
    const { hubspot, stripe } = this.#parts.sandbox;
    hubspot.deliveries = stripe.deliveries = fault;
  }

  async change(step: number): Promise<void> {
    this.#expected.clear();
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const name = await change({
        ...this.#parts,
        random: this.#random,
        step: 100 * step + attempt,
      });
      if (name === undefined) continue;
      this.changes.push(name);
      break;
    }
    const { hubspot, stripe } = this.#parts.sandbox;
    await Promise.all([hubspot.delivered(), stripe.delivered()]);
  }

  async pass(seconds: number): Promise<void> {
    this.#expected.clear();
    await this.#parts.catchUps.pass(seconds);
  }

  async createRecords(step: number): Promise<void> {
    this.#expected.clear();
    await createRecords({ ...this.#parts, random: this.#random, step: 100 * step });
  }

  /** Sends each query to both gateways. */
  async compare(): Promise<void> {
    for (const query of this.#queries) await this.#compare(query);
  }

  async #compare(compared: ComparedQuery): Promise<void> {
    const { query, variables } = compared;
    const expected = await this.#expectedOf(compared);
    const begun = performance.now();
    const cached = textOf(await this.#parts.gateway.query(query, variables));
    if (requestsSince(begun, this.#parts.sandbox).length === 0) this.cached += 1;
    if (cached !== expected)
      this.#addDifference(`cached: ${describe(compared)}\n  ${cached}\n  ${expected}`);
    const known = this.#tagged.get(compared);
    const got = await this.#get(compared, known?.tag);
    const text = got.text ?? known?.text;
    if (got.text === undefined) this.unchanged += 1;
    if (text !== expected)
      this.#addDifference(
        `${String(got.status)}: ${describe(compared)}\n  ${String(text)}\n  ${expected}`,
      );
    if (got.tag === null || text === undefined) this.#tagged.delete(compared);
    else this.#tagged.set(compared, { tag: got.tag, text });
  }

  /** Without a cache, once for each state of the vendors. */
  async #expectedOf(compared: ComparedQuery): Promise<string> {
    const known = this.#expected.get(compared);
    if (known !== undefined) return known;
    const { query, variables } = compared;
    const expected = textOf(await this.#parts.uncached.query(query, variables));
    if (expected.includes('GRAPHQL_VALIDATION_FAILED')) throw new Error(`Invalid: ${query}`);
    this.#expected.set(compared, expected);
    return expected;
  }

  async #get({ query, variables }: ComparedQuery, tag: string | undefined) {
    const search = new URLSearchParams({
      variables: JSON.stringify(variables),
      extensions: JSON.stringify(persistedAs(query)),
    });
    const { status, headers, data, errors } = await read(
      await fetch(`${this.#parts.gateway.url}/graphql?${search.toString()}`, {
        headers: {
          'content-type': 'application/json',
          ...(tag !== undefined && { 'if-none-match': tag }),
        },
      }),
    );
    return {
      status,
      tag: headers.get('etag'),
      text: status === 304 ? undefined : textOf({ data, errors }),
    };
  }

  #addDifference(text: string): void {
    this.differences.push(`after ${this.changes.slice(-3).join(', ')}: ${text}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#parts.gateway.close();
    await this.#parts.uncached.close();
    await this.#parts.events.close();
    await this.#parts.sandbox.close();
  }
}

const VENDORS = ['hubspot', 'stripe'] as const;

/** A log whose clock is that of the vendors. */
function openEventsAt(now: () => number): OpenEvents {
  const log = createMemoryLog({ retentionMs: 24 * 3_600_000, now });
  const tail = new LogTail({ log, rebuildMs: 900_000 });
  const invalidation = new CacheInvalidation({ log, tail, rebuildMs: 900_000 });
  tail.start();
  return { log, tail, invalidation, close: () => tail.close().then(() => log.close()) };
}

async function read(
  response: Response,
): Promise<Pick<GatewayResponse, 'data' | 'errors' | 'status' | 'headers'>> {
  const text = await response.text();
  const { status, headers } = response;
  // A cast: a response of the gateway, or none.
  const body = (text === '' ? {} : JSON.parse(text)) as Pick<GatewayResponse, 'data' | 'errors'>;
  return { status, headers, data: body.data, errors: body.errors };
}

const textOf = ({ data, errors }: Pick<GatewayResponse, 'data' | 'errors'>) =>
  JSON.stringify([data, codesAndPaths(errors)]);

const describe = ({ query, variables }: ComparedQuery) =>
  `${query.replace(/\s+/g, ' ')} ${JSON.stringify(variables)}`;
