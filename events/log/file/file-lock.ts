import { randomUUID } from 'node:crypto';
import { link, readFile, readlink, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { errorCodeOf } from './error-code.ts';

/**
 * Ensures that only one process writes a file: a lock file beside it, which its holder touches every few seconds. A stale
 * lock is taken over.
 */
export class FileLock {
  readonly #path: string;
  readonly #token: string;
  readonly #timer: NodeJS.Timeout;
  #isHeld = true;
  #touchedAt = performance.now();

  /** @throws Error that names the process that has the lock */
  static async acquire(file: string): Promise<FileLock> {
    const path = `${file}.lock`;
    const token = randomUUID();
    const own = `${path}.${token}`;
    try {
      // Synced, so that a power failure leaves no empty lock.
      const namespace = await readPidNamespace();
      const holder = JSON.stringify({ token, pid: process.pid, ...namespace });
      await writeFile(own, holder, { flush: true });
      // A link is atomic: it appears with its content, or not at all.
      while (!(await succeeds(link(own, path), 'EEXIST')))
        await removeStaleLock(path, file, namespace);
    } finally {
      await rm(own, { force: true });
    }
    return new FileLock(path, token);
  }

  private constructor(path: string, token: string) {
    this.#path = path;
    this.#token = token;
    HELD_TOKENS.add(token);
    this.#timer = setInterval(() => void this.#touch(), TOUCH_MS).unref();
  }

  /** Whether this process still holds it. A process that was suspended may have lost it. */
  async isHeld(): Promise<boolean> {
    if (performance.now() - this.#touchedAt > STALE_MS / 2) await this.#touch();
    return this.#isHeld;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    HELD_TOKENS.delete(this.#token);
    if ((await readHolder(this.#path))?.token === this.#token) await rm(this.#path);
    this.#isHeld = false;
  }

  async #touch(): Promise<void> {
    try {
      const holder = await readHolder(this.#path);
      if (holder?.token !== this.#token) this.#isHeld = false;
      if (!this.#isHeld) return;
      await utimes(this.#path, new Date(), new Date());
      this.#touchedAt = performance.now();
    } catch {
      // Retried at the next interval.
    }
  }
}

/** Locks of this process. The process id does not suffice: the first process of a container always has the same one. */
const HELD_TOKENS = new Set<string>();

/** The scope in which a process id is unique. */
interface PidNamespace {
  readonly host: string;
  /** The kernel's boot id and its PID namespace: containers can share a host name, and each has its own ids. @default one for each host */
  readonly processes?: string | undefined;
}

interface Holder extends PidNamespace {
  readonly token: string;
  readonly pid: number;
  readonly touchedAt: number;
}

const HOLDER = z.object({
  token: z.string(),
  pid: z.int().min(1),
  host: z.string(),
  processes: z.string().optional(),
});

/** https://man7.org/linux/man-pages/man7/pid_namespaces.7.html; other systems have none. */
async function readPidNamespace(): Promise<PidNamespace> {
  const host = hostname();
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return { host, processes: `${boot.trim()} ${await readlink('/proc/self/ns/pid')}` };
  } catch {
    return { host };
  }
}

/** @returns undefined if there is no lock */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const [text, { mtimeMs }] = await Promise.all([readFile(path, 'utf8'), stat(path)]);
    return { ...HOLDER.parse(JSON.parse(text)), touchedAt: mtimeMs };
  } catch (error) {
    if (errorCodeOf(error) === 'ENOENT') return undefined;
    throw new Error(
      `${path} is not a lock of this program. Remove it if no process writes the file.`,
      {
        cause: error,
      },
    );
  }
}

/** @throws Error if the holder of the lock is running */
async function removeStaleLock(path: string, file: string, namespace: PidNamespace): Promise<void> {
  const holder = await readHolder(path);
  if (holder === undefined) return;
  const locked = () =>
    new Error(
      `${file} is locked by another process (${String(holder.pid)} on ${holder.host}): only one process can write it. Give each its own file, or set REDIS_URL to share the events.`,
    );
  if (holder.host === namespace.host && holder.processes === namespace.processes) {
    if (isAlive(holder)) throw locked();
  } else if (Date.now() - holder.touchedAt < STALE_MS) {
    // The holder is on another machine or in another container. If it has ended, it no longer touches the lock.
    await setTimeout(STALE_MS + holder.touchedAt - Date.now() + 1000);
    const now = await readHolder(path);
    if (now !== undefined && (now.token !== holder.token || now.touchedAt !== holder.touchedAt))
      throw locked();
  }
  const removed = `${path}.${randomUUID()}`;
  if (!(await succeeds(rename(path, removed), 'ENOENT'))) return;
  const wasReplaced = (await readHolder(removed))?.token !== holder.token;
  // Another process has taken it over first: restores its lock.
  if (wasReplaced) await succeeds(link(removed, path), 'EEXIST');
  await rm(removed, { force: true });
  if (wasReplaced) throw locked();
}

function isAlive({ token, pid, touchedAt }: Holder): boolean {
  if (HELD_TOKENS.has(token)) return true;
  // The id may have been reused.
  if (pid === process.pid || Date.now() - touchedAt > STALE_MS) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCodeOf(error) === 'EPERM';
  }
}

async function succeeds(change: Promise<void>, otherwise: string): Promise<boolean> {
  try {
    await change;
    return true;
  } catch (error) {
    if (errorCodeOf(error) === otherwise) return false;
    throw error;
  }
}

const TOUCH_MS = 3000;
const STALE_MS = 15_000;
