import type { Problems } from '../../../settings/settings.ts';
import type { EventLogger } from '../../../request/event-logger.ts';
import type { KeyRecord } from './key-record.ts';

/** Where API keys are kept. What changes there is known to all instances after some seconds. */
export interface KeyStore {
  /** @throws CodedError `UPSTREAM_UNAVAILABLE` where nobody can tell. */
  find(id: string): KeyRecord | undefined | Promise<KeyRecord | undefined>;
  logTo(logger: EventLogger): void;
  /** Reads again what it holds. @returns what cannot be read, a sentence each; the keys then remain as they were */
  reload(): Promise<Problems>;
  close(): void;
}

/** What `tributary keys` does to them. Its errors are texts for an operator. */
export interface KeyRing {
  list(): Promise<readonly KeyRecord[]>;
  add(record: KeyRecord): Promise<void>;
  /** @returns the key as it was, undefined where there is none. */
  revoke(id: string, at: string): Promise<KeyRecord | undefined>;
  close(): void;
}
