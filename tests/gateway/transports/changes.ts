import type { Change } from '../../../events/change.ts';
import { changeOf } from '../../events/changes.ts';
import type { Answer, TestGateway } from '../start-gateway.ts';

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

/** The ids of a company, and of a payment that can be refunded. */
export async function findChangeableRecords(
  query: (text: string) => Promise<Answer>,
): Promise<{ readonly company: string; readonly payment: string }> {
  const { data } = await query(
    '{ companies(first: 1) { nodes { id } } payments(first: 20) { nodes { id status refundedAmount { amount } } } }',
  );
  const [{ id: company }] = data.companies.nodes as [{ readonly id: string }];
  const payments = data.payments.nodes as readonly {
    readonly id: string;
    readonly status: string;
    readonly refundedAmount: { readonly amount: string };
  }[];
  const refundable = payments.find(
    ({ status, refundedAmount }) => status === 'SUCCEEDED' && Number(refundedAmount.amount) === 0,
  );
  if (refundable === undefined) throw new Error('The sandbox has no payment that can be refunded.');
  return { company, payment: refundable.id };
}

export const PAYMENT_CHANGED =
  'subscription Changed($id: ID) { paymentChanged(id: $id) { id kind payment { id status } } }';
