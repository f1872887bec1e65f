import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { BillingAccount } from '../../../domain.ts';
import { newestFirst } from '../../../newest-first.ts';
import type { Fields } from '../../../provider.ts';
import * as endpoints from '../endpoints/stripe-read-endpoints.ts';
import { toBillingAccount } from '../mapping/stripe-mapping.ts';
import type { ReadMetadata } from '../mapping/stripe-metadata.ts';
import { StripeRefusal } from '../refusals/stripe-errors.ts';
import { find } from '../stripe-client.ts';
import type { RecentAccounts } from '../stripe-recent-accounts.ts';
import { customerSchema, type WireCustomer, type WirePage } from '../stripe-wire.ts';
import { readAllPages, readItem, TooManyItems } from './stripe-pages.ts';

export interface AccountsByEmailOptions {
  readonly client: UpstreamClient;
  readonly recentAccounts: RecentAccounts;
  /** Milliseconds. @default this process's clock */
  readonly now?: () => number;
}

/**
 * Finds the customers with an e-mail address, case-insensitively. Stripe's search ignores case and accepts ten addresses in one call, but
 * also
 * finds longer addresses with the same words, and finds new records only after up to a minute; the filter of its list is up to date, but
 * case-sensitive. So the search runs first, and the list for each address that it does not find.
 */
export class AccountsByEmail {
  readonly #client: UpstreamClient;
  readonly #recentAccounts: RecentAccounts;
  readonly #now: () => number;
  #refusedUntil = -Infinity;

  constructor({ client, recentAccounts, now = () => performance.now() }: AccountsByEmailOptions) {
    this.#client = client;
    this.#recentAccounts = recentAccounts;
    this.#now = now;
  }

  /** Whether search is available to the account, as far as is known. Without it, only the list is used. */
  get isSearchOffered(): boolean {
    return this.#now() >= this.#refusedUntil;
  }

  /**
   * @param emails in lower case, at most ten
   * @param readMetadata reads custom fields, if there are any
   * @returns the accounts of each address, newest first. An address that the search finds does not wait for one that it does not find.
   */
  read(
    emails: readonly string[],
    fields: Fields,
    scope: RequestScope,
    readMetadata?: ReadMetadata,
  ): readonly Promise<readonly BillingAccount[]>[] {
    const expansions = endpoints.accountExpansions(fields);
    const toAccounts = (bodies: WirePage['data']) => readAccounts(bodies, readMetadata);
    const together = this.#search(emails.filter(isSearchable), expansions, scope);
    return emails.map(async (email) => {
      if (email.length > MAX_EMAIL) return [];
      const [searched, recent] = await Promise.all([
        together.catch((error: unknown) => {
          if (!(error instanceof TooManyItems) || emails.length === 1) throw error;
          // One address may have too many accounts; the others must not fail with it.
          return this.#search([email], expansions, scope);
        }),
        this.#recentAccounts.idsOf(email),
      ]);
      const hits = toAccounts(searched.get(email) ?? []);
      const others = await Promise.all([
        hits.length > 0 ? [] : this.#list(email, expansions, scope).then(toAccounts),
        this.#readRecent(recent, hits, expansions, scope).then((found) =>
          found.flatMap((wire) => toBillingAccount(wire, readMetadata) ?? []),
        ),
      ]);
      return newestFirst([...hits, ...others.flat().filter((account) => hasEmail(account, email))]);
    });
  }

  /** @returns the results by address in lower case; empty if search is refused */
  async #search(
    emails: readonly string[],
    expansions: readonly string[],
    scope: RequestScope,
  ): Promise<ReadonlyMap<string, WirePage['data']>> {
    if (emails.length === 0 || !this.isSearchOffered) return new Map();
    try {
      const found = await readAllPages(
        this.#client,
        (page) => endpoints.searchCustomersByEmail(emails, page, expansions),
        TOO_MANY,
        scope,
      );
      return byEmail(found);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      // A refusal with a parameter concerns only this query.
      if (!(error instanceof StripeRefusal && error.reason.param != null))
        this.#refusedUntil = this.#now() + REFUSED_MS;
      return new Map();
    }
  }

  #list(
    email: string,
    expansions: readonly string[],
    scope: RequestScope,
  ): Promise<WirePage['data']> {
    return readAllPages(
      this.#client,
      (after) => endpoints.listCustomersByEmail(email, after, expansions),
      TOO_MANY,
      scope,
    );
  }

  async #readRecent(
    ids: readonly string[],
    known: readonly BillingAccount[],
    expansions: readonly string[],
    scope: RequestScope,
  ): Promise<readonly WireCustomer[]> {
    const missing = ids.filter((id) => known.every((account) => account.id !== id));
    const reads = missing.map((id) =>
      find(this.#client, endpoints.getCustomer(id, expansions), scope),
    );
    return (await Promise.all(reads)).flatMap((wire) => wire ?? []);
  }
}

/** An unreadable record is an error of its own address only. */
const readAccounts = (
  bodies: WirePage['data'],
  readMetadata: ReadMetadata | undefined,
): readonly BillingAccount[] =>
  bodies.flatMap(
    (body) => readItem(customerSchema, (wire) => toBillingAccount(wire, readMetadata), body) ?? [],
  );

/** Characters: https://docs.stripe.com/api/customers/create#create_customer-email */
const MAX_EMAIL = 512;

const REFUSED_MS = 600_000;
const TOO_MANY = 'billing accounts with this e-mail address';

/**
 * Only quotes are documented to be escaped inside quotes (https://docs.stripe.com/search#search-query-language); the list accepts any text.
 */
const isSearchable = (email: string) =>
  email.length <= MAX_EMAIL &&
  /^[\p{L}\p{M}\p{N}\p{P}\p{S}]+$/u.test(email) &&
  !email.includes('\\');

/** Search is not available in the account's country (https://docs.stripe.com/search#regional-availability), or to this key. */
const isRefusal = (error: unknown) =>
  error instanceof StripeRefusal ||
  (error instanceof UpstreamError && (error.code === 'UPSTREAM_REJECTED' || error.status === 403));

function byEmail(found: WirePage['data']): ReadonlyMap<string, WirePage['data']> {
  const groups = new Map<string, WirePage['data']>();
  for (const body of found) {
    const email = typeof body['email'] === 'string' ? body['email'].toLowerCase() : '';
    const group = groups.get(email) ?? [];
    group.push(body);
    groups.set(email, group);
  }
  return groups;
}

const hasEmail = ({ email: actual }: BillingAccount, email: string) =>
  actual?.toLowerCase() === email;
