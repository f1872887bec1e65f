import { accountOf } from './upstream-policy.ts';

/** A vendor credential that can be renewed while the process runs. A call uses the text from its start. */
export class Credential {
  /** Account name for rate limits: made of the first text, so that a renewed credential gets no fresh budget. */
  readonly budgetAccount: string;
  #text: string;
  #account: string;

  constructor(text: string) {
    this.#text = text;
    this.#account = accountOf(text);
    this.budgetAccount = this.#account;
  }

  get text(): string {
    return this.#text;
  }

  /** Account name for cached responses: another credential may lack the permission to read them. */
  get account(): string {
    return this.#account;
  }

  renew(text: string): void {
    this.#text = text;
    this.#account = accountOf(text);
  }
}
