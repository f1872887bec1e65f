import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../../../request/caller.ts';
import type { Callers } from '../../access/callers.ts';
import { Unauthenticated } from '../../access/refusal.ts';

/** The owner of a credential that is checked periodically. */
export interface CredentialHolder {
  readonly caller: Caller;
  /** Replaces the caller: the credential now identifies another object. */
  setCaller(caller: Caller): void;
  /** The credential has expired or was revoked. */
  credentialInvalidated(): void;
}

/** Checks the credentials of open streams periodically, each once for all of its streams. */
export class CredentialChecks {
  readonly #callers: Callers;
  readonly #groups = new Map<string, CredentialGroup>();

  constructor(callers: Callers) {
    this.#callers = callers;
  }

  /** The number of credentials. */
  get size(): number {
    return this.#groups.size;
  }

  /** @returns a function that ends the checks. A client without a credential is not checked */
  add(headers: IncomingHttpHeaders, holder: CredentialHolder): () => void {
    const { authorization, 'x-api-key': apiKey } = headers;
    if (authorization === undefined && apiKey === undefined) return () => undefined;
    const key = JSON.stringify([authorization, apiKey]);
    const group = this.#groups.get(key) ?? {
      headers: {
        ...(authorization !== undefined && { authorization }),
        ...(apiKey !== undefined && { 'x-api-key': apiKey }),
      },
      holders: new Set(),
      isChecked: false,
    };
    this.#groups.set(key, group);
    group.holders.add(holder);
    return () => {
      group.holders.delete(holder);
      if (group.holders.size === 0 && this.#groups.get(key) === group) this.#groups.delete(key);
    };
  }

  /** Checks all credentials. A check that is still running is not repeated. */
  async check(): Promise<void> {
    await Promise.all([...this.#groups.values()].map((group) => this.#check(group)));
  }

  async #check(group: CredentialGroup): Promise<void> {
    if (group.isChecked) return;
    group.isChecked = true;
    try {
      const caller = await this.#callers.identify(group.headers);
      for (const holder of [...group.holders])
        if (hasExpired(caller)) holder.credentialInvalidated();
        else if (holder.caller !== caller) holder.setCaller(caller);
    } catch (error) {
      // If the check fails, a credential is valid until it expires.
      const isRefused = error instanceof Unauthenticated;
      for (const holder of [...group.holders])
        if (isRefused || hasExpired(holder.caller)) holder.credentialInvalidated();
    } finally {
      group.isChecked = false;
    }
  }
}

interface CredentialGroup {
  readonly headers: IncomingHttpHeaders;
  readonly holders: Set<CredentialHolder>;
  isChecked: boolean;
}

const hasExpired = ({ expiresAt }: Caller) => expiresAt !== undefined && expiresAt <= Date.now();
