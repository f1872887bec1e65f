import type { IncomingHttpHeaders } from 'node:http';
import type { Problems } from '../../settings/settings.ts';
import type { EventLogger } from '../../request/event-logger.ts';
import type { Caller } from '../../request/caller.ts';
import { readCredential } from './credential.ts';
import { NO_CREDENTIAL, invalidCredential } from './refusal.ts';

/** Finds out who asks. */
export interface Callers {
  /**
   * @throws Unauthenticated where nobody may ask without a credential, or the credential is wrong
   * @throws CodedError `UPSTREAM_UNAVAILABLE` where that cannot be found out
   */
  identify(headers: IncomingHttpHeaders): Caller | Promise<Caller>;
  /** From now on, what keeps from finding out is logged. */
  logTo(logger: EventLogger): void;
  /** Reads again what it knows credentials by. @returns what could not be read, a sentence each; what was known before remains valid */
  reload(): Promise<Problems>;
  close(): void;
}

/** Finds out whose credential of one kind something is. */
export interface CredentialCheck extends Omit<Callers, 'identify'> {
  identify(text: string): Caller | Promise<Caller>;
}

export interface CallersOptions {
  /** Who asks without a credential; null: nobody may. */
  readonly anonymous: Caller | null;
  readonly keys: CredentialCheck;
  /** Undefined where this server trusts nobody's tokens. */
  readonly tokens: CredentialCheck | undefined;
}

export function createCallers({ anonymous, keys, tokens }: CallersOptions): Callers {
  const checks = tokens === undefined ? [keys] : [keys, tokens];
  return {
    identify: (headers) => {
      const credential = readCredential(headers);
      if (credential === undefined) {
        if (anonymous === null) throw NO_CREDENTIAL;
        return anonymous;
      }
      if (credential.kind === 'key') return keys.identify(credential.text);
      if (tokens === undefined)
        throw invalidCredential('This server accepts API keys, but no other tokens.');
      return tokens.identify(credential.text);
    },
    logTo: (logger) => {
      for (const check of checks) check.logTo(logger);
    },
    reload: async () => (await Promise.all(checks.map((check) => check.reload()))).flat(),
    close: () => {
      for (const check of checks) check.close();
    },
  };
}
