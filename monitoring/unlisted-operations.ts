import { LRUCache } from 'lru-cache';
import { Counter, type Registry } from 'prom-client';
import type { AnsweredOperation } from './answered-operation.ts';
import { BoundedNames } from './bounded-names.ts';
import type { EventLogger } from '../request/event-logger.ts';

/** Records unlisted operations by client: each request in a metric, each operation once in the log. */
export class UnlistedOperations {
  logger: EventLogger | undefined;
  readonly #clients = new BoundedNames(MAX_CLIENTS);
  readonly #logged = new LRUCache<string, true>({ max: MAX_LOGGED });
  readonly #counter: Counter<'client' | 'version'>;

  constructor(register: Registry) {
    this.#counter = new Counter({
      name: 'tributary_unlisted_operations_total',
      help: 'Requests with operations that are not on the safelist.',
      labelNames: ['client', 'version'],
      registers: [register],
    });
  }

  answered({ name, type, unlisted }: AnsweredOperation): void {
    if (unlisted === undefined) return;
    const { client, version, hash } = unlisted;
    const isOther = this.#clients.labelFor(`${client} ${version}`) === 'other';
    this.#counter.inc(isOther ? { client: 'other', version: 'other' } : { client, version });
    const key = JSON.stringify([client, version, hash]);
    if (this.#logged.has(key)) return;
    this.#logged.set(key, true);
    this.logger?.warn(
      {
        client,
        version,
        ...(hash !== undefined && { operation: name ?? 'anonymous', type, hash }),
      },
      hash === undefined
        ? 'an unlisted operation was refused'
        : 'an unlisted operation was executed',
    );
  }
}

/** Maximum number of pairs of client and version. */
const MAX_CLIENTS = 100;
const MAX_LOGGED = 1000;
