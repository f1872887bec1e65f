import type { Sample } from './sample.ts';

/** From an entity that a gateway names to the objects of each type: `*` stands for all fields of the type that are protected. */
export interface EntityWay {
  /** Whose `_entities`. */
  readonly service: 'crm' | 'payments';
  readonly entity: string;
  /** By type, from the entity: `*` stands for all protected fields of the type. */
  readonly ways: Readonly<Record<string, readonly string[]>>;
  readonly representation: (sample: Sample) => object;
}

const payerOf = ({ email }: Sample) => ({ reference: null, email });
const linkOf = ({ email }: Sample) => ({ reference: null, emails: [email] });

/** At the services of the subgraphs. What is protected and can be reached from an entity, and that no way leads to, is found by a test. */
export const ENTITY_WAYS: readonly EntityWay[] = [
  {
    service: 'crm',
    entity: 'Customer',
    ways: { Customer: ['*'] },
    representation: ({ customer }) => ({ id: customer }),
  },
  {
    service: 'crm',
    entity: 'Deal',
    ways: { Owner: ['owner { * }'] },
    representation: ({ deal }) => ({ id: deal }),
  },
  {
    service: 'crm',
    entity: 'Company',
    ways: {
      Customer: ['customers(first: 2) { nodes { * } }'],
      Owner: ['deals(first: 1) { nodes { owner { * } } }'],
    },
    representation: ({ company }) => ({ id: company }),
  },
  ...['Payment', 'Invoice', 'BillingAccount'].map((entity): EntityWay => ({
    service: 'crm',
    entity,
    ways: { Customer: ['customer { * }'] },
    representation: (sample) => ({ id: sample.payment, payer: payerOf(sample) }),
  })),
  {
    service: 'payments',
    entity: 'Customer',
    ways: {
      Customer: ['*'],
      BillingAccount: ['billingAccounts { * }'],
      Payment: ['payments(first: 2) { edges { node { * } } }'],
      Dispute: ['payments(first: 2) { nodes { dispute { * } } }'],
      PaymentMethod: [
        'paymentMethods(first: 2) { nodes { * } }',
        'paymentMethods(first: 2) { edges { node { * } } }',
      ],
      RecurringPlan: [
        'recurringPlans(first: 2) { nodes { * } }',
        'recurringPlans(first: 2) { edges { node { * } } }',
      ],
      Refund: ['payments(first: 2) { nodes { refunds(first: 2) { edges { node { * } } } } }'],
    },
    representation: (sample) => ({ id: sample.customer, billingLink: linkOf(sample) }),
  },
  {
    service: 'payments',
    entity: 'BillingAccount',
    ways: { BillingAccount: ['*'] },
    representation: ({ account }) => ({ id: account }),
  },
  {
    service: 'payments',
    entity: 'Payment',
    ways: {
      Payment: ['*'],
      PaymentMethod: ['method { * }'],
      Refund: ['refunds { nodes { * } }'],
      BillingAccount: ['billingAccount { * }'],
    },
    representation: ({ payment }) => ({ id: payment }),
  },
  {
    service: 'payments',
    entity: 'Invoice',
    ways: {
      Invoice: ['*'],
      InvoiceLine: ['lines { nodes { * } }', 'lines { edges { node { * } } }'],
      RecurringPlan: ['recurringPlan { * }'],
    },
    representation: ({ invoice }) => ({ id: invoice }),
  },
  {
    service: 'payments',
    entity: 'RecurringPlan',
    ways: { RecurringPlan: ['*'] },
    representation: ({ plan }) => ({ id: plan }),
  },
];
