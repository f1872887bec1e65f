import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { BadUserInput, CodedError, type Service } from '../errors/coded-error.ts';
import type { TextStore } from '../state/shared-state.ts';
import type { RequestScope } from '../upstream/call-trace.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';

/** What a client asks to be written. */
export interface WriteRequest {
  /** The mutation's name. */
  readonly name: string;
  /** @default one of our own, which an error of an open outcome tells the client */
  readonly idempotencyKey: string | null | undefined;
  /** All else that the client said; what can be written as JSON. */
  readonly input: unknown;
}

export interface WriteSteps<Outcome> {
  /**
   * Does it. Called again with the same key where nobody knows what came of the first time, unless `find` is there.
   * @param key holds for this write alone, at most 64 letters and digits.
   */
  readonly write: (key: string) => Promise<Outcome>;
  /**
   * For a vendor that knows no keys: finds out whether an earlier try, begun at a time, did it after all.
   * @returns null where it did not.
   */
  readonly find?: (startedAt: Date, key: string) => Promise<Outcome | null>;
}

export interface OnceWriterOptions {
  readonly service: Service;
  readonly texts: TextStore;
}

/**
 * Does each write once, however often a client asks for it with the same key, and whichever instance it asks: the first outcome
 * is told again. Outcomes are kept for a day; they are what can be written as JSON.
 */
export class OnceWriter {
  readonly #service: Service;
  readonly #texts: TextStore;
  readonly #underWay = new Map<string, UnderWay>();

  constructor({ service, texts }: OnceWriterOptions) {
    this.#service = service;
    this.#texts = texts;
  }

  /**
   * @throws BadUserInput for a key that came with another input before
   * @throws CodedError `OUTCOME_UNKNOWN`, with the key that finds out, where nobody knows whether it was done
   */
  async once<Outcome>(request: WriteRequest, scope: RequestScope, steps: WriteSteps<Outcome>): Promise<Outcome> {
    const clientKey = readKey(request.idempotencyKey);
    const key = digest(`${this.#service} ${request.name} ${clientKey}`);
    const fingerprint = digest(toStableText(request.input));
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) {
      checkSame(fingerprint, underWay.fingerprint);
      // What is kept under a key was written for the same mutation and input.
      return (await underWay.outcome) as Outcome;
    }
    const outcome = this.#claim({ key, clientKey, fingerprint }, scope, steps);
    this.#underWay.set(key, { fingerprint, outcome });
    try {
      return await outcome;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #claim<Outcome>(write: KnownWrite, scope: RequestScope, steps: WriteSteps<Outcome>): Promise<Outcome> {
    for (;;) {
      const started: Kept = { state: 'started', fingerprint: write.fingerprint, startedAt: Date.now() };
      const text = await this.#texts.claim(storeKey(write.key), JSON.stringify(started), KEPT_SECONDS);
      if (text === null) return this.#run(write, started, () => steps.write(write.key));
      const kept = keptSchema.parse(JSON.parse(text));
      checkSame(write.fingerprint, kept.fingerprint);
      if (kept.state === 'done') return kept.outcome as Outcome;
      if (kept.state === 'open' || Date.now() - kept.startedAt > ABANDONED_MS) return this.#findOut(write, kept, steps);
      // Another instance is at it.
      if (scope.signal.aborted) throw this.#openOutcome(write.clientKey);
      await wait(POLL_MS);
    }
  }

  #findOut<Outcome>(write: KnownWrite, kept: Kept, { write: act, find }: WriteSteps<Outcome>): Promise<Outcome> {
    return this.#run(write, kept, async () => {
      if (find === undefined) return act(write.key);
      const found = await find(new Date(kept.startedAt), write.key).catch((cause: unknown) => {
        // What cannot be looked at now is as open as before.
        if (!(cause instanceof UpstreamError) || cause.code === 'UPSTREAM_REJECTED') throw cause;
        throw this.#openOutcome(write.clientKey, cause.extensions.retryAfter, cause);
      });
      if (found !== null) return found;
      // What was sent may take its time to be done, and to be seen.
      if (Date.now() - kept.startedAt < SETTLED_MS) throw this.#openOutcome(write.clientKey, SETTLED_MS / 1000);
      return act(write.key);
    });
  }

  async #run<Outcome>({ key, clientKey, fingerprint }: KnownWrite, { startedAt }: Kept, act: () => Promise<Outcome>): Promise<Outcome> {
    const keep = (kept: Kept) => this.#texts.set(storeKey(key), JSON.stringify(kept), KEPT_SECONDS);
    try {
      const outcome = await act();
      await keep({ state: 'done', fingerprint, startedAt, outcome });
      return outcome;
    } catch (error) {
      if (error instanceof CodedError && error.code === 'OUTCOME_UNKNOWN') {
        await keep({ state: 'open', fingerprint, startedAt });
        throw this.#openOutcome(clientKey, error.extensions.retryAfter, error);
      }
      // It was not done, so the key is free.
      await this.#texts.delete(storeKey(key));
      throw error;
    }
  }

  #openOutcome(idempotencyKey: string, retryAfter?: number, cause?: unknown): UpstreamError {
    return new UpstreamError('OUTCOME_UNKNOWN', this.#service, { idempotencyKey, retryAfter, cause });
  }
}

interface KnownWrite {
  readonly key: string;
  readonly clientKey: string;
  readonly fingerprint: string;
}

interface UnderWay {
  readonly fingerprint: string;
  readonly outcome: Promise<unknown>;
}

const keptSchema = z.object({
  state: z.enum(['started', 'open', 'done']),
  fingerprint: z.string(),
  /** Milliseconds since 1970. */
  startedAt: z.number(),
  outcome: z.optional(z.unknown()),
});

type Kept = Omit<z.output<typeof keptSchema>, 'outcome'> & { readonly outcome?: unknown };

/** As long as Stripe remembers a key at least: https://docs.stripe.com/api/idempotent_requests */
const KEPT_SECONDS = 86_400;
/** Longer than any deadline: whoever began it is gone. */
const ABANDONED_MS = 600_000;
/** HubSpot's search finds a new record after some seconds. */
const SETTLED_MS = 30_000;
const POLL_MS = 100;

const storeKey = (key: string) => `write:${key}`;

const MAX_KEY = 255;

function readKey(given: string | null | undefined): string {
  if (given == null) return randomUUID();
  if (given.trim() !== '' && given.length <= MAX_KEY) return given;
  throw new BadUserInput(`idempotencyKey must have from 1 to ${String(MAX_KEY)} characters, but has ${String(given.length)}.`, {
    field: ['input', 'idempotencyKey'],
  });
}

function checkSame(one: string, other: string): void {
  if (one === other) return;
  throw new BadUserInput('idempotencyKey must be a new one for another input, but this one came with another input before.', {
    field: ['input', 'idempotencyKey'],
  });
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** The same for objects whose keys came in another order. */
const toStableText = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
