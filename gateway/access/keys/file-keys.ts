import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { EventLogger } from '../../../request/event-logger.ts';
import { lineOfJsonProblem } from '../../../settings/json-line.ts';
import type { Problems } from '../../../settings/settings.ts';
import { codeOf } from '../../../settings/text-file.ts';
import { type KeyRecord, keyRecordSchema } from './key-record.ts';
import type { KeyRing, KeyStore } from './key-store.ts';

/** Keys in a file, which is checked for changes at most once a second. A missing file has no keys. */
export class FileKeys implements KeyStore {
  readonly #file: string;
  #records: ReadonlyMap<string, KeyRecord> = new Map();
  #version = '';
  #lookedAt = -Infinity;
  #looking: Promise<unknown> | undefined;
  #logger: EventLogger | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  find(id: string): KeyRecord | undefined | Promise<KeyRecord | undefined> {
    if (performance.now() - this.#lookedAt < RECHECK_MS) return this.#records.get(id);
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking.then(() => this.#records.get(id));
  }

  logTo(logger: EventLogger): void {
    this.#logger = logger;
  }

  close(): void {
    // No open resource.
  }

  async reload(): Promise<Problems> {
    this.#version = 'unknown';
    const problem = await this.#look();
    return problem === undefined ? [] : [problem];
  }

  /**
   * If the file cannot be read, the last known keys remain valid, so that a mistake in an edit locks no caller out.
   * @returns the problem of the file, if any
   */
  async #look(): Promise<string | undefined> {
    let problem: string | undefined;
    try {
      const version = await versionOf(this.#file);
      if (version !== this.#version) {
        const records = await readKeyFile(this.#file);
        this.#records = new Map(records.map((record) => [record.id, record]));
        this.#version = version;
      }
    } catch (error) {
      problem =
        error instanceof KeyFileProblem
          ? error.message
          : `${this.#file} cannot be read (${String(codeOf(error))}).`;
      this.#logger?.warn(
        { problem },
        'the file of API keys cannot be read; known keys remain valid',
      );
    }
    this.#lookedAt = performance.now();
    return problem;
  }
}

const RECHECK_MS = 1000;

/** Edits the key file for a command. */
export function createFileKeyRing(file: string): KeyRing {
  return {
    list: () => readKeyFile(file),
    add: (added) =>
      locked(file, async () => writeKeyFile(file, [...(await readKeyFile(file)), added])),
    revoke: (id, revokedAt) =>
      locked(file, async () => {
        const records = await readKeyFile(file);
        const found = records.find((record) => record.id === id);
        if (found !== undefined && found.revokedAt === undefined) {
          await writeKeyFile(
            file,
            records.map((record) => (record === found ? { ...record, revokedAt } : record)),
          );
        }
        return found;
      }),
    close: () => undefined,
  };
}

/** @throws Error if the file has other content */
async function readKeyFile(file: string): Promise<readonly KeyRecord[]> {
  const text = await readFile(file, 'utf8').catch(undefinedIfMissing);
  if (text === undefined) return [];
  try {
    return parseKeyFile(text);
  } catch (error) {
    throw new KeyFileProblem(file, text, error);
  }
}

/** Names the position of the error, without quoting the content. */
class KeyFileProblem extends Error {
  constructor(file: string, text: string, cause: unknown) {
    const line = lineOfJsonProblem(text);
    const path = cause instanceof z.ZodError ? (cause.issues[0]?.path.join('.') ?? '') : '';
    super(
      line === undefined
        ? `${file} contains something other than API keys${path === '' ? '' : `, at ${path}`}.`
        : `${file}:${String(line)} is not JSON.`,
      { cause },
    );
  }
}

/** @throws Error if the text is not a key file */
export const parseKeyFile = (text: string): readonly KeyRecord[] =>
  fileSchema.parse(JSON.parse(text)).keys;

const fileSchema = z.object({ version: z.literal(1), keys: z.array(keyRecordSchema) });

/** Replaces the file atomically. */
async function writeKeyFile(file: string, keys: readonly KeyRecord[]): Promise<void> {
  const mode = (await stat(file).catch(undefinedIfMissing))?.mode ?? 0o600;
  const temporary = `${file}.${randomUUID()}`;
  const handle = await open(temporary, 'wx', mode);
  await handle.writeFile(`${JSON.stringify({ version: 1, keys }, null, 2)}\n`);
  await handle.sync();
  await handle.close();
  await rename(temporary, file);
}

/** Prevents two concurrent commands from overwriting each other's change. */
async function locked<T>(file: string, change: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`;
  const handle = await takeLock(lock);
  try {
    return await change();
  } finally {
    await handle.close();
    await rm(lock, { force: true });
  }
}

async function takeLock(lock: string): Promise<FileHandle> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open(lock, 'wx');
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (tries === LOCK_TRIES)
        throw new Error(`Another process is changing the keys. If none is, remove ${lock}.`, {
          cause: error,
        });
      await wait(LOCK_PAUSE_MS);
    }
  }
}

const LOCK_TRIES = 50;
const LOCK_PAUSE_MS = 100;

/** Changes when the file is replaced (inode) or written (time, size). */
async function versionOf(file: string): Promise<string> {
  const found = await stat(file, { bigint: true }).catch(undefinedIfMissing);
  return found === undefined ? '' : [found.ino, found.mtimeNs, found.size].join();
}

function undefinedIfMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
