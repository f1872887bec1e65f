import { timingSafeEqual } from 'node:crypto';
import type { Caller } from '../../../request/caller.ts';
import type { CredentialCheck } from '../callers.ts';
import { invalidCredential } from '../refusal.ts';
import { hashOfKey, readKeyId } from './api-key.ts';
import { type KeyRecord, stateOf, toCaller } from './key-record.ts';
import type { KeyStore } from './key-store.ts';

/** Identifies callers by API keys. */
export function createKeyCheck(store: KeyStore): CredentialCheck {
  // One object for all requests of a key: caches use it as their key.
  const callers = new WeakMap<KeyRecord, Caller>();
  const check = (text: string, record: KeyRecord | undefined): Caller => {
    // A wrong secret gets the same message as an unknown key.
    if (record === undefined || !timingSafeEqual(hashOfKey(text), Buffer.from(record.hash, 'hex')))
      throw invalidCredential(UNKNOWN);
    const state = stateOf(record, Date.now());
    if (state !== 'active') throw invalidCredential(state === 'revoked' ? REVOKED : EXPIRED);
    const caller = callers.get(record) ?? toCaller(record);
    callers.set(record, caller);
    return caller;
  };
  return {
    identify: (text) => {
      const id = readKeyId(text);
      if (id === undefined) throw invalidCredential(MISTYPED);
      const found = store.find(id);
      return found instanceof Promise
        ? found.then((record) => check(text, record))
        : check(text, found);
    },
    logTo: (logger) => {
      store.logTo(logger);
    },
    reload: () => store.reload(),
    close: () => {
      store.close();
    },
  };
}

const MISTYPED =
  'The API key is mistyped or incomplete: it must be trib_ and 50 letters and digits, of which the last six are the checksum of the others.';
const UNKNOWN = 'The API key is unknown.';
const REVOKED = 'The API key was revoked.';
const EXPIRED = 'The API key has expired.';
