import type { TestGateway } from '../../start-gateway.ts';

/** Somebody of whom the sandbox vendors know something of everything. */
const SAMPLE = `{
  customers(first: 1, search: "Marcus Sinclair") {
    nodes {
      id name email company { id }
      deals(first: 1) { nodes { id owner { id } } }
      billingAccounts { id }
      payments(first: 30) { nodes { id status amount { currency } refunds(first: 1) { nodes { id } } } }
      invoices(first: 30) { nodes { id number recurringPlan { id } } }
    }
  }
}`;

/** Values for all variables of the ways. */
export type Sample = Readonly<Record<Named, string>> &
  Readonly<Record<'line' | 'item' | 'little', object>>;

type Named =
  | 'customer'
  | 'name'
  | 'email'
  | 'company'
  | 'deal'
  | 'owner'
  | 'account'
  | 'payment'
  | 'paid'
  | 'invoice'
  | 'plan';

interface Sampled {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly company: { readonly id: string } | null;
  readonly deals: {
    readonly nodes: readonly {
      readonly id: string;
      readonly owner: { readonly id: string } | null;
    }[];
  };
  readonly billingAccounts: readonly { readonly id: string }[];
  readonly payments: { readonly nodes: readonly SampledPayment[] };
  readonly invoices: {
    readonly nodes: readonly {
      readonly id: string;
      readonly number: string | null;
      readonly recurringPlan: { readonly id: string } | null;
    }[];
  };
}

interface SampledPayment {
  readonly id: string;
  readonly status: string;
  readonly amount: { readonly currency: string };
  readonly refunds: { readonly nodes: readonly object[] };
}

export async function readSample(
  gateway: TestGateway,
  headers: Record<string, string>,
): Promise<Sample> {
  const { data } = await gateway.query(SAMPLE, {}, headers);
  // A cast: it is what the query asks for.
  const [customer] = (data as { readonly customers: { readonly nodes: readonly Sampled[] } })
    .customers.nodes;
  const succeeded = customer?.payments.nodes.filter(({ status }) => status === 'SUCCEEDED') ?? [];
  const invoice = customer?.invoices.nodes.find(
    ({ number, recurringPlan }) => number !== null && recurringPlan !== null,
  );
  const price = { amount: '9.90', currency: 'USD' };
  const sample = {
    customer: customer?.id,
    name: customer?.name,
    email: customer?.email,
    company: customer?.company?.id,
    deal: customer?.deals.nodes[0]?.id,
    owner: customer?.deals.nodes[0]?.owner?.id,
    account: customer?.billingAccounts[0]?.id,
    payment: succeeded.find(({ refunds }) => refunds.nodes.length > 0)?.id,
    paid: succeeded.find(
      ({ amount, refunds }) => amount.currency === 'USD' && refunds.nodes.length === 0,
    )?.id,
    invoice: invoice?.id,
    plan: invoice?.recurringPlan?.id,
    line: { description: 'A thing', unitAmount: price },
    item: { description: 'A thing', unitAmount: price, interval: 'MONTH' },
    little: { amount: '0.01', currency: 'USD' },
  };
  const missing = Object.entries(sample).filter(([, value]) => value === undefined);
  if (missing.length > 0)
    throw new Error(
      `The sandbox was expected to have somebody with ${missing.map(([name]) => name).join(', ')}.`,
    );
  // A cast: nothing is missing.
  return sample as Sample;
}
