import type { IncomingHttpHeaders } from 'node:http';
import type { Problems } from '../../settings/settings.ts';
import type { EventLogger } from '../../request/event-logger.ts';
import type { Caller } from '../../request/caller.ts';
import { readCredential } from './credential.ts';
import { NO_CREDENTIAL, invalidCredential } from './refusal.ts';

/** Identifies callers. */
export interface Callers {
  /**
   * @throws Unauthenticated for a missing or invalid credential
   * @throws CodedError `UPSTREAM_UNAVAILABLE` if the credential cannot be checked
   */
  identify(headers: IncomingHttpHeaders): Caller | Promise<Caller>;
  /** Logs failures of the credential check from now on. */
  logTo(logger: EventLogger): void;
  /** Reads keys again. @returns what could not be read, one sentence each; in that case known keys remain valid */
  reload(): Promise<Problems>;
  close(): void;
}

/** Identifies callers by one kind of credential. */
export interface CredentialCheck extends Omit<Callers, 'identify'> {
  identify(text: string): Caller | Promise<Caller>;
}

export interface CallersOptions {
  /** The caller of requests without a credential; null if a credential is required. */
  readonly anonymous: Caller | null;
  readonly keys: CredentialCheck;
  /** Undefined if this server accepts no tokens. */
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
