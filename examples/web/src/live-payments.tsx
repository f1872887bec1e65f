import { useSubscription } from '@apollo/client/react';
import { graphql } from './__generated__/gql.ts';

const PAYMENTS_OF_ACCOUNT = graphql(`
  subscription PaymentsOfAccount($billingAccountId: ID!) {
    paymentChanged(billingAccountId: $billingAccountId) {
      kind
      payment {
        id
        status
        description
        createdAt
        amount {
          amount
          currency
        }
        failure {
          message
        }
      }
    }
  }
`);

interface Props {
  readonly accountId: string;
  /** Called when a payment was created: no cached list has it yet. */
  readonly onCreated: () => void;
}

/** Keeps the payments of an account up to date: the normalized cache updates each view of a changed payment. */
export function LivePayments({ accountId, onCreated }: Props) {
  useSubscription(PAYMENTS_OF_ACCOUNT, {
    variables: { billingAccountId: accountId },
    onData: ({ data: { data } }) => {
      if (data?.paymentChanged?.kind === 'CREATED') onCreated();
    },
  });
  return null;
}
