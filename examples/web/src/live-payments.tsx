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
  /** Called when there is a payment that no list has yet. */
  readonly onCreated: () => void;
}

/** Keeps the payments of an account up to date: the cache puts a changed one wherever it is shown. */
export function LivePayments({ accountId, onCreated }: Props) {
  useSubscription(PAYMENTS_OF_ACCOUNT, {
    variables: { billingAccountId: accountId },
    onData: ({ data: { data } }) => {
      if (data?.paymentChanged?.kind === 'CREATED') onCreated();
    },
  });
  return null;
}
