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
import { chooseQuestions, type Question } from './queries.ts';
import { readRecords, type Records } from './records.ts';

export interface WalkOptions {
  readonly mode: 'embedded' | 'distributed';
  /** The same one makes the same choices. */
  readonly seed: number;
  readonly changes: number;
}

/** What a walk has found. */
export interface Walked {
  /** Responses that differ from those without a cache, each with the changes before it. */
  readonly lies: readonly string[];
  /** How many responses took no vendor call, and how many were 304. */
  readonly cached: number;
  readonly unchanged: number;
  readonly changes: readonly string[];
}

/**
 * Changes records at random, and compares the responses of a gateway with live caches after each change with those of one without a
 * cache.
 */
export async function walk({ mode, seed, changes }: WalkOptions): Promise<Walked> {
  const scene = await Scene.open(mode, seed);
  try {
    for (let step = 1; step <= changes; step += 1) {
      await scene.change(step);
      scene.expectHealth();
      await scene.compare();
      // Signatures expire after five minutes.
      if (step > MAX_PASSES) continue;
      // The lag of HubSpot's search: from then on, searches are cached and tags count.
      await scene.pass(11);
      await scene.compare();
    }
    return scene;
  } finally {
    await scene.close();
  }
}

const MAX_PASSES = 20;

/** The same while no webhook arrives: after the next catch-up, while there is no cache, and once the caches are used again. */
export async function walkWithoutWebhooks({ mode, seed, changes }: WalkOptions): Promise<Walked> {
  const scene = await Scene.open(mode, seed);
  try {
    scene.deliveries = 'cut';
    for (let step = 1; step <= changes; step += 1) await scene.change(step);
    await scene.createRecords(changes + 1);
    await scene.passUntil('unhealthy');
    // In half of the walks, the client has its tags from before the webhooks were lost.
    if (seed % 2 === 0) await scene.compare();
    scene.deliveries = null;
    await scene.passUntil('healthy');
    await scene.compare();
    scene.cached = 0;
    // The caches are used again.
    await scene.compare();
    return scene;
  } finally {
    await scene.close();
  }
}

interface Parts {
  readonly sandbox: Sandbox;
  readonly catchUps: TestCatchUps;
  readonly events: OpenEvents;
  readonly gateway: TestGateway;
  /** Without a cache. */
  readonly oracle: TestGateway;
  readonly records: Records;
}

class Scene implements Walked {
  readonly lies: string[] = [];
  cached = 0;
  unchanged = 0;
  readonly changes: string[] = [];
  readonly #random: Random;
  /** The last tagged response to each question. */
  readonly #tagged = new Map<Question, { readonly tag: string; readonly text: string }>();
  readonly #truth = new Map<Question, string>();
  #questions: readonly Question[] = [];

  readonly #parts: Parts;

  private constructor(parts: Parts, seed: number) {
    this.#parts = parts;
    this.#random = createRandom(seed);
  }

  static async open(mode: WalkOptions['mode'], seed: number): Promise<Scene> {
    const catchUps = createTestCatchUps();
    const sandbox = await startSandbox({ now: catchUps.now });
    const events = openEventsAt(catchUps.now);
    const oracle = await startTestGateway({ sandbox, extend: CUSTOM_FIELDS });
    const gateway = await startTestGateway({
      mode,
      sandbox,
      catchUps,
      events,
      extend: CUSTOM_FIELDS,
      environment: {
        CRM_CACHE: 'live',
        PAYMENTS_CACHE: 'live',
        ...sandbox.webhookEnvironment,
      },
    });
    const [crm, payments] =
      mode === 'embedded' ? [gateway.url, gateway.url] : gateway.urls.slice(1);
    sandbox.hubspot.deliverTo({ url: `${String(crm)}/webhooks/hubspot` });
    sandbox.stripe.deliverTo({ url: `${String(payments)}/webhooks/stripe` });
    const records = await readRecords(oracle);
    const scene = new Scene({ sandbox, catchUps, events, gateway, oracle, records }, seed);
    scene.#questions = chooseQuestions(records, scene.#random);
    for (const { query, variables } of scene.#questions)
      await sendOperation(gateway.url, { query, variables, extensions: persistedAs(query) });
    // From now on the caches rely on the vendors' health.
    await scene.pass(10);
    await scene.compare();
    // No record has changed yet.
    scene.cached = 0;
    return scene;
  }

  /** Else there is no cache to compare. */
  expectHealth(): void {
    for (const vendor of VENDORS)
      if (this.#is(vendor) === 'unhealthy') this.#lie(`${vendor} is unhealthy`);
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
    this.#truth.clear();
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
    this.#truth.clear();
    await this.#parts.catchUps.pass(seconds);
  }

  async createRecords(step: number): Promise<void> {
    this.#truth.clear();
    await createRecords({ ...this.#parts, random: this.#random, step: 100 * step });
  }

  /** Asks both gateways everything. */
  async compare(): Promise<void> {
    for (const question of this.#questions) await this.#compare(question);
  }

  async #compare(question: Question): Promise<void> {
    const { query, variables } = question;
    const truth = await this.#truthOf(question);
    const begun = performance.now();
    const cached = textOf(await this.#parts.gateway.query(query, variables));
    if (requestsSince(begun, this.#parts.sandbox).length === 0) this.cached += 1;
    if (cached !== truth) this.#lie(`cached: ${describe(question)}\n  ${cached}\n  ${truth}`);
    const known = this.#tagged.get(question);
    const got = await this.#get(question, known?.tag);
    const text = got.text ?? known?.text;
    if (got.text === undefined) this.unchanged += 1;
    if (text !== truth)
      this.#lie(`${String(got.status)}: ${describe(question)}\n  ${String(text)}\n  ${truth}`);
    if (got.tag === null || text === undefined) this.#tagged.delete(question);
    else this.#tagged.set(question, { tag: got.tag, text });
  }

  /** Without a cache, once for each state of the vendors. */
  async #truthOf(question: Question): Promise<string> {
    const known = this.#truth.get(question);
    if (known !== undefined) return known;
    const { query, variables } = question;
    const truth = textOf(await this.#parts.oracle.query(query, variables));
    if (truth.includes('GRAPHQL_VALIDATION_FAILED')) throw new Error(`Invalid: ${query}`);
    this.#truth.set(question, truth);
    return truth;
  }

  async #get({ query, variables }: Question, tag: string | undefined) {
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

  #lie(text: string): void {
    this.lies.push(`after ${this.changes.slice(-3).join(', ')}: ${text}`);
  }

  async close(): Promise<void> {
    await this.#parts.gateway.close();
    await this.#parts.oracle.close();
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

const describe = ({ query, variables }: Question) =>
  `${query.replace(/\s+/g, ' ')} ${JSON.stringify(variables)}`;
