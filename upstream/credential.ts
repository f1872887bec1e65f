import { accountOf } from './upstream-policy.ts';

/** A vendor credential, which can be renewed while the process runs. A call takes its text when it begins, and keeps it. */
export class Credential {
  /** Names whose rate limits calls count for: that of the first text, so that a renewed one gets no fresh budget. */
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

  /** Names whose cached responses these are: another credential may not be allowed to see them. */
  get account(): string {
    return this.#account;
  }

  renew(text: string): void {
    this.#text = text;
    this.#account = accountOf(text);
  }
}
