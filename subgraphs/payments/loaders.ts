import DataLoader from 'dataloader';
import { CodedError } from '../../errors/coded-error.ts';
import type { SubgraphRequest } from '../subgraph.ts';
import { type AmountLoaders, createAmountLoaders } from './amounts.ts';
import type {
  BillingAccount,
  CheckoutSession,
  CustomerReference,
  Dispute,
  Invoice,
  OfAccount,
  Payment,
  RecurringPlan,
  Refund,
} from './domain.ts';
import { newestFirst } from './newest-first.ts';
import { UnbatchedLoader } from './unbatched-loader.ts';
import type { Fields, PaymentsProvider } from './provider.ts';
import { PAYMENTS } from './service.ts';
import { explainRead } from './user-errors.ts';

/** Reads records, each at most once per client request. */
export interface PaymentsLoaders extends AmountLoaders {
  billingAccount(id: string): Promise<BillingAccount | null>;
  payment(id: string): Promise<Payment | null>;
  invoice(id: string): Promise<Invoice | null>;
  recurringPlan(id: string): Promise<RecurringPlan | null>;
  refund(id: string): Promise<Refund | null>;
  checkoutSession(id: string): Promise<CheckoutSession | null>;
  billingAccountOf(record: OfAccount): Promise<BillingAccount | null>;
  recurringPlanOf(invoice: Invoice): Promise<RecurringPlan | null>;
  /** Newest first. */
  billingAccountsOf(customer: CustomerReference): Promise<BillingAccount[]>;
  /** Ids of the customer's accounts, newest first; an account that the CRM references is not read for it. */
  billingAccountIdsOf(customer: CustomerReference): Promise<readonly string[]>;
  dispute(paymentId: string): Promise<Dispute | null>;
}

export function createPaymentsLoaders(
  provider: PaymentsProvider,
  request: SubgraphRequest,
): PaymentsLoaders {
  const accounts = createAccountLoaders(provider, request);
  const { billingAccountById, billingAccountsOf, billingAccountIdsOf } = accounts;
  const paymentById = new UnbatchedLoader(
    (id: string) => provider.payment(id, request.wanted('Payment'), request),
    explainRead(),
  );
  const invoiceById = new UnbatchedLoader(
    (id: string) => provider.invoice(id, request.wanted('Invoice'), request),
    explainRead(),
  );
  const recurringPlanById = new UnbatchedLoader(
    (id: string) => provider.recurringPlan(id, request.wanted('RecurringPlan'), request),
    explainRead(),
  );
  return {
    billingAccount: (id) => billingAccountById.load(id),
    payment: (id) => paymentById.load(id),
    invoice: (id) => invoiceById.load(id),
    recurringPlan: (id) => recurringPlanById.load(id),
    // Only payloads of mutations read these, and only once.
    refund: (id) => provider.refund(id, request),
    checkoutSession: (id) =>
      provider.checkoutSession(id, request.wanted('CheckoutSession'), request),
    billingAccountOf: async ({ billingAccount, billingAccountId }) => {
      if (billingAccount !== undefined) return billingAccount;
      return billingAccountId === null ? null : billingAccountById.load(billingAccountId);
    },
    recurringPlanOf: async ({ recurringPlan, recurringPlanId }) => {
      if (recurringPlan !== undefined) return recurringPlan;
      return recurringPlanId === null ? null : recurringPlanById.load(recurringPlanId);
    },
    billingAccountsOf,
    billingAccountIdsOf,
    ...createAmountLoaders(provider, request, accounts),
    // Only the payment itself reads its dispute.
    dispute: (paymentId) => provider.dispute(paymentId, request),
  };
}

/** Loads billing accounts by their ids, and those of a CRM contact. */
function createAccountLoaders(provider: PaymentsProvider, request: SubgraphRequest) {
  const billingAccountById = new UnbatchedLoader(
    (id: string) => provider.billingAccount(id, wantedOfAccounts(request), request),
    explainRead(),
  );
  const remember = (accounts: readonly BillingAccount[]) => {
    for (const account of accounts) billingAccountById.prime(account.id, account);
    return accounts;
  };
  const billingAccountsByEmail = new DataLoader(
    (emails: readonly string[]) => {
      const reads = provider.billingAccountsByEmail(emails, wantedOfAccounts(request), request);
      return Promise.resolve(reads.map((read) => read.then(remember).catch(explainRead())));
    },
    { maxBatchSize: provider.capabilities.maxEmailsPerSearch },
  );

  const billingAccountsOf = async ({ billingLink }: CustomerReference) => {
    const { reference } = billingLink ?? {};
    if (reference) {
      const ids = accountIdsOf(reference, provider);
      const accounts = await Promise.all(ids.map((id) => billingAccountById.load(id)));
      return accounts.filter((account) => account !== null);
    }
    const emails = emailsOf(billingLink);
    const accounts = await Promise.all(emails.map((email) => billingAccountsByEmail.load(email)));
    return newestFirst(accounts.flat());
  };
  const billingAccountIdsOf = async (customer: CustomerReference) => {
    const { reference } = customer.billingLink ?? {};
    if (reference) return accountIdsOf(reference, provider);
    return (await billingAccountsOf(customer)).map(({ id }) => id);
  };
  return { billingAccountById, billingAccountsOf, billingAccountIdsOf };
}

/** The CRM may contain any text as an account's id; invalid ids match no account. */
const accountIdsOf = (reference: string, { capabilities }: PaymentsProvider): readonly string[] =>
  capabilities.billingAccountIdPattern.test(reference) ? [reference] : [];

/** @throws CodedError */
function emailsOf(link: CustomerReference['billingLink']): readonly string[] {
  const emails = new Set(
    link?.emails?.filter((email) => email !== '').map((email) => email.toLowerCase()),
  );
  if (emails.size <= MAX_EMAILS) return [...emails];
  throw new CodedError(
    'OPERATION_TOO_COMPLEX',
    `Billing accounts are found by up to ${String(MAX_EMAILS)} e-mail addresses of a customer, but this one has more.`,
    { service: PAYMENTS.name },
  );
}

const MAX_EMAILS = 50;

/** A customer's balances need the accounts' balances. */
const wantedOfAccounts = (request: SubgraphRequest): Fields =>
  request.wanted('Customer').has('balances')
    ? new Set([...request.wanted('BillingAccount'), 'balances'])
    : request.wanted('BillingAccount');
