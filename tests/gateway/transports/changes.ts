import type { Change } from '../../../events/change.ts';
import type { TestGateway } from '../start-gateway.ts';

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
  const change = { ...changeOf(id), related };
  await events.log.append([{ key: `change ${String(count)}`, changes: [change] }]);
}

const changeOf = (id: string): Change => ({
  vendor: 'stripe',
  type: 'Payment',
  id,
  kind: 'UPDATED',
  related: [],
  changed: [],
  at: 1_700_000_000_000,
  source: 'webhook',
});

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

export const PAYMENT_CHANGED =
  'subscription Changed($id: ID) { paymentChanged(id: $id) { id kind payment { id status } } }';
