import { hash, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { BadUserInput, CodedError, type Service } from '../../errors/coded-error.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';

/** A client's mutation. */
export interface WriteRequest {
  /** The mutation's name. */
  readonly name: string;
  /** @default a generated key, which an `OUTCOME_UNKNOWN` error contains */
  readonly idempotencyKey: string | null | undefined;
  /** The input field of the key, for errors. @default `['input', 'idempotencyKey']` */
  readonly keyField?: readonly string[] | undefined;
  /** All other input; must be serializable as JSON. */
  readonly input: unknown;
}

export interface WriteSteps<Outcome> {
  /**
   * Performs the write. Called again with the same key if the outcome of the first try is unknown, unless there is a `find`.
   * @param key unique for this write, at most 64 letters and digits
   * @param isRepeated whether it may have been called before
   */
  readonly write: (key: string, isRepeated: boolean) => Promise<Outcome>;
  /**
   * For a vendor without idempotency keys: looks for the result of an earlier try that began at `startedAt`.
   * @returns null if there is none
   */
  readonly find?: (startedAt: Date, key: string) => Promise<Outcome | null>;
}

export interface IdempotentWriterOptions {
  readonly service: Service;
  readonly keyValues: KeyValueStore;
  /** How long the vendor remembers a key; an outcome is not stored longer. @default a day, the maximum */
  readonly keySeconds?: number | undefined;
  /** How long it may take until `find` finds a write. @default 0 */
  readonly searchDelaySeconds?: number | undefined;
  /** @default the store's clock, which all instances share */
  readonly clock?: Clock;
}

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number | Promise<number>;
  wait(ms: number): Promise<unknown>;
}

/**
 * Performs each write once, however often and at whichever instance a client sends it with the same key: retries get the first outcome.
 * Outcomes are stored for a day; they must be serializable as JSON.
 */
export class IdempotentWriter {
  readonly #service: Service;
  readonly #keyValues: KeyValueStore;
  readonly #storedSeconds: number;
  readonly #searchDelayMs: number;
  readonly #clock: Clock;
  readonly #underWay = new Map<string, PendingWrite>();

  constructor(options: IdempotentWriterOptions) {
    const {
      service,
      keyValues,
      keySeconds = DAY_SECONDS,
      searchDelaySeconds = 0,
      clock = { now: () => keyValues.now(), wait },
    } = options;
    this.#service = service;
    this.#keyValues = keyValues;
    this.#storedSeconds = Math.min(DAY_SECONDS, keySeconds);
    this.#searchDelayMs = searchDelaySeconds * 1000;
    this.#clock = clock;
  }

  /**
   * @throws BadUserInput for a key that was used with another input
   * @throws CodedError `OUTCOME_UNKNOWN`, with the key for a retry, if the outcome is unknown
   */
  async write<Outcome>(
    request: WriteRequest,
    scope: RequestScope,
    steps: WriteSteps<Outcome>,
  ): Promise<Outcome> {
    const { keyField = ['input', 'idempotencyKey'] } = request;
    const clientKey = readKey(request.idempotencyKey, keyField);
    const key = digest(keyText(this.#service.name, request.name, clientKey, scope.callerId));
    const fingerprint = digest(toStableText(request.input));
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) {
      checkSame(fingerprint, underWay.fingerprint, keyField);
      // The cast is safe: the key belongs to the same mutation and input.
      return (await underWay.outcome) as Outcome;
    }
    const outcome = this.#claim({ key, clientKey, keyField, fingerprint }, scope, steps);
    this.#underWay.set(key, { fingerprint, outcome });
    try {
      return await outcome;
    } finally {
      this.#underWay.delete(key);
    }
  }

  async #claim<Outcome>(
    write: KnownWrite,
    scope: RequestScope,
    steps: WriteSteps<Outcome>,
  ): Promise<Outcome> {
    for (;;) {
      const now = await this.#clock.now();
      const started: StoredWrite = {
        state: 'started',
        fingerprint: write.fingerprint,
        startedAt: now,
        triedAt: now,
      };
      const text = await this.#keyValues.claim(
        storeKey(write.key),
        JSON.stringify(started),
        this.#storedSeconds,
      );
      if (text === null) return this.#begin(write, started, steps);
      const stored = readStored(text);
      checkSame(write.fingerprint, stored.fingerprint, write.keyField);
      if (stored.state === 'done') return stored.outcome as Outcome;
      const isLeft = stored.state === 'open' || now - stored.startedAt > ABANDONED_MS;
      // Only one instance searches at a time: without the vendor's idempotency keys, two of them would find nothing and both
      // write.
      if (
        isLeft &&
        (await this.#keyValues.claim(searchKey(write.key), 'taken', ABANDONED_MS / 1000)) === null
      ) {
        return await this.#findOut(write, stored, steps).finally(() =>
          this.#keyValues.delete(searchKey(write.key)),
        );
      }
      // Another instance is performing the write.
      if (scope.signal.aborted) throw this.#outcomeUnknown(write.clientKey);
      await this.#clock.wait(POLL_MS);
    }
  }

  async #begin<Outcome>(
    write: KnownWrite,
    started: StoredWrite,
    steps: WriteSteps<Outcome>,
  ): Promise<Outcome> {
    try {
      return await this.#storeOutcome(write, started, await steps.write(write.key, false));
    } catch (error) {
      if (error instanceof CodedError && error.code !== 'OUTCOME_UNKNOWN') {
        // The write was not executed, so the key is free.
        await this.#keyValues.delete(storeKey(write.key));
        throw error;
      }
      await this.#store(write.key, { ...started, state: 'open' });
      throw error instanceof CodedError ? this.#outcomeUnknown(write.clientKey, error) : error;
    }
  }

  /** Completes a write that another try began and left. */
  async #findOut<Outcome>(
    write: KnownWrite,
    before: StoredWrite,
    steps: WriteSteps<Outcome>,
  ): Promise<Outcome> {
    // Another instance may have stored the outcome just before.
    const text = await this.#keyValues.get(storeKey(write.key));
    let stored = text === null ? before : readStored(text);
    if (stored.state === 'done') return stored.outcome as Outcome;
    try {
      const found = await this.#search(stored, write.key, steps);
      if (found !== null) return await this.#storeOutcome(write, stored, found);
      stored = { ...stored, state: 'open', triedAt: await this.#clock.now() };
      await this.#store(write.key, stored);
      return await this.#storeOutcome(write, stored, await steps.write(write.key, true));
    } catch (error) {
      if (isRefusal(error)) {
        await this.#keyValues.delete(storeKey(write.key));
        throw error;
      }
      // A failed search says nothing about the first try.
      await this.#store(write.key, { ...stored, state: 'open' });
      throw error instanceof CodedError ? this.#outcomeUnknown(write.clientKey, error) : error;
    }
  }

  /** @returns null if it may be written */
  async #search<Outcome>(
    { startedAt, triedAt }: StoredWrite,
    key: string,
    { find }: WriteSteps<Outcome>,
  ): Promise<Outcome | null> {
    const found = await find?.(new Date(startedAt), key);
    if (find === undefined || found != null) return found ?? null;
    // A pending write may become visible only later.
    const unsettledMs = triedAt + this.#searchDelayMs - (await this.#clock.now());
    if (unsettledMs <= 0) return null;
    throw new UpstreamError('OUTCOME_UNKNOWN', this.#service, {
      retryAfter: Math.ceil(unsettledMs / 1000),
    });
  }

  async #storeOutcome<Outcome>(
    { key }: KnownWrite,
    stored: StoredWrite,
    outcome: Outcome,
  ): Promise<Outcome> {
    await this.#store(key, { ...stored, state: 'done', outcome });
    return outcome;
  }

  /** The time counts from the first try: a vendor treats a key that it has forgotten as new. */
  async #store(key: string, stored: StoredWrite): Promise<void> {
    const seconds = Math.ceil(
      this.#storedSeconds - ((await this.#clock.now()) - stored.startedAt) / 1000,
    );
    if (seconds > 0) await this.#keyValues.set(storeKey(key), JSON.stringify(stored), seconds);
    else await this.#keyValues.delete(storeKey(key));
  }

  #outcomeUnknown(idempotencyKey: string, cause?: CodedError): UpstreamError {
    return new UpstreamError('OUTCOME_UNKNOWN', this.#service, {
      idempotencyKey,
      retryAfter: cause?.extensions.retryAfter,
      cause,
    });
  }
}

interface KnownWrite {
  readonly key: string;
  readonly clientKey: string;
  readonly keyField: readonly string[];
  readonly fingerprint: string;
}

interface PendingWrite {
  readonly fingerprint: string;
  readonly outcome: Promise<unknown>;
}

const storedSchema = z.object({
  state: z.enum(['started', 'open', 'done']),
  fingerprint: z.string(),
  /** Time of the first try; milliseconds since 1970. */
  startedAt: z.number(),
  /** Time of the last try. */
  triedAt: z.number(),
  outcome: z.unknown().optional(),
});

type StoredWrite = Readonly<z.output<typeof storedSchema>>;

const readStored = (text: string): StoredWrite => storedSchema.parse(JSON.parse(text));

/** Whether the vendor, or the input check, definitely refused the write. */
const isRefusal = (error: unknown) =>
  error instanceof CodedError &&
  (error.code === 'BAD_USER_INPUT' || error.code === 'UPSTREAM_REJECTED');

/** The SDL documents a day. */
const DAY_SECONDS = 86_400;
/** Longer than any deadline: the request that began it has ended. */
const ABANDONED_MS = 600_000;
const POLL_MS = 100;

const storeKey = (key: string) => `write:${key}`;
const searchKey = (key: string) => `write:${key}:search`;

const MAX_KEY = 255;

function readKey(key: string | null | undefined, field: readonly string[]): string {
  if (key == null) return randomUUID();
  if (key.length <= MAX_KEY && key.trim() !== '') return key;
  throw new BadUserInput(
    `idempotencyKey must have from 1 to ${String(MAX_KEY)} characters, but has ${String(key.length)}.`,
    { field },
  );
}

function checkSame(one: string, other: string, field: readonly string[]): void {
  if (one === other) return;
  throw new BadUserInput(
    'idempotencyKey must be a new one for a different input, but this one was sent with another input before.',
    { field },
  );
}

/** Each caller has its own keys. */
function keyText(
  service: string,
  name: string,
  clientKey: string,
  callerId = ANONYMOUS_CALLER.id,
): string {
  return callerId === ANONYMOUS_CALLER.id
    ? `${service} ${name} ${clientKey}`
    : JSON.stringify([service, name, clientKey, callerId]);
}

const digest = (text: string) => hash('sha256', text);

/** Equal for objects that differ only in the order of their keys. */
const toStableText = (value: unknown): string =>
  JSON.stringify(value ?? null, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
