import type { IncomingHttpHeaders } from 'node:http';
import type { Caller } from '../../../request/caller.ts';
import type { Callers } from '../../access/callers.ts';
import { Unauthenticated } from '../../access/refusal.ts';

/** Whose credential is checked again and again. */
export interface CredentialHolder {
  readonly caller: Caller;
  /** The credential means this caller now, which is another object than before. */
  setCaller(caller: Caller): void;
  /** The credential is revoked or has expired. */
  credentialInvalidated(): void;
}

/** Checks the credentials that streams were opened with for as long as the streams live: each once for all of its streams. */
export class CredentialChecks {
  readonly #callers: Callers;
  readonly #groups = new Map<string, CredentialGroup>();

  constructor(callers: Callers) {
    this.#callers = callers;
  }

  /** Credentials. */
  get size(): number {
    return this.#groups.size;
  }

  /** @returns what ends the checks. A client without a credential is not checked */
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

  /** Checks all of them now. A check that takes longer than until the next one is not made twice. */
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
      // Where it cannot be found out, a credential counts until its own end.
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
