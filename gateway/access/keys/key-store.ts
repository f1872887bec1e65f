import type { Problems } from '../../../settings/settings.ts';
import type { EventLogger } from '../../../request/event-logger.ts';
import type { KeyRecord } from './key-record.ts';

/** Stores API keys. All instances notice changes after a few seconds. */
export interface KeyStore {
  /** @throws CodedError `UPSTREAM_UNAVAILABLE` if the store cannot be read */
  find(id: string): KeyRecord | undefined | Promise<KeyRecord | undefined>;
  logTo(logger: EventLogger): void;
  /** Reads the keys again. @returns what cannot be read, one sentence each; in that case known keys remain valid */
  reload(): Promise<Problems>;
  close(): void;
}

/** The operations of `tributary keys`. Errors have messages for operators. */
export interface KeyRing {
  list(): Promise<readonly KeyRecord[]>;
  add(record: KeyRecord): Promise<void>;
  /** @returns the key before the change, undefined if there is none */
  revoke(id: string, at: string): Promise<KeyRecord | undefined>;
  close(): void;
}
