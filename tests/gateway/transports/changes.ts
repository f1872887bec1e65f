import type { Change } from '../../../events/change.ts';
import { changeOf } from '../../events/changes.ts';
import type { GatewayResponse, TestGateway } from '../start-gateway.ts';

let count = 0;

/** A vendor tells of a change of a payment, and of its billing account where that is given. */
export async function changePayment(
  { events }: TestGateway,
  id: string,
  billingAccountId?: string,
): Promise<void> {
  count += 1;
  const related: Change['related'] =
    billingAccountId === undefined ? [] : [{ type: 'BillingAccount', id: billingAccountId }];
  const changes = [changeOf(id, { related })];
  await events.log.append([{ key: `change ${String(count)}`, changes }]);
}

/** The id of a payment that there is. */
export async function firstPayment(
  gateway: TestGateway,
  headers?: Record<string, string>,
): Promise<string> {
  const { data } = await gateway.query(
    '{ payments(first: 1) { nodes { id } } }',
    undefined,
    headers,
  );
  return data.payments.nodes[0].id as string;
}

export async function twoPayments(gateway: TestGateway): Promise<readonly [string, string]> {
  const { data } = await gateway.query('{ payments(first: 2) { nodes { id } } }');
  // As selected above.
  const [{ id: first }, { id: second }] = data.payments.nodes as [{ id: string }, { id: string }];
  return [first, second];
}

/** The ids of two companies, and of a payment that can be refunded in its currency. */
interface ChangeableRecords {
  readonly company: string;
  readonly otherCompany: string;
  readonly payment: string;
  readonly currency: string;
}

export async function findChangeableRecords(
  query: (text: string) => Promise<GatewayResponse>,
): Promise<ChangeableRecords> {
  const { data } = await query(
    '{ companies(first: 2) { nodes { id } } payments(first: 50) { nodes { id status refundedAmount { amount currency } } } }',
  );
  const [{ id: company }, { id: otherCompany }] = data.companies.nodes as [
    { readonly id: string },
    { readonly id: string },
  ];
  const payments = data.payments.nodes as readonly {
    readonly id: string;
    readonly status: string;
    readonly refundedAmount: { readonly amount: string; readonly currency: string };
  }[];
  const refundable = payments.find(
    ({ status, refundedAmount }) => status === 'SUCCEEDED' && Number(refundedAmount.amount) === 0,
  );
  if (refundable === undefined) throw new Error('The sandbox has no payment that can be refunded.');
  const { id: payment, refundedAmount } = refundable;
  return { company, otherCompany, payment, currency: refundedAmount.currency };
}

export const PAYMENT_CHANGED =
  'subscription Changed($id: ID) { paymentChanged(id: $id) { id kind payment { id status } } }';
