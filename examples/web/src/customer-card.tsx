import { useQuery } from '@apollo/client/react';
import { graphql } from './__generated__/gql.ts';
import type { CustomerCardQuery } from './__generated__/graphql.ts';
import { ErrorNotice } from './error-notice.tsx';
import { LivePayments } from './live-payments.tsx';
import { Payments } from './payments.tsx';

const CUSTOMER_CARD = graphql(`
  query CustomerCard($id: ID!, $paymentsAfter: String) {
    customer(id: $id) {
      id
      name
      jobTitle
      email
      phone
      company {
        id
        name
        domain
      }
      address {
        formatted
        timeZone
        map(width: 640, height: 280) {
          path
          width
          height
        }
      }
      billingAccounts {
        id
      }
      payments(first: 8, after: $paymentsAfter) {
        edges {
          cursor
          node {
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
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export function CustomerCard({ id }: { readonly id: string }) {
  // If one vendor is down, the fields of the others are still shown.
  const { data, loading, error, refetch, fetchMore } = useQuery(CUSTOMER_CARD, {
    variables: { id },
    errorPolicy: 'all',
    notifyOnNetworkStatusChange: true,
  });
  const customer = data?.customer;
  const notice = error && <ErrorNotice error={error} onRetry={() => void refetch()} />;
  if (!customer) {
    if (loading) return <Loading />;
    return notice ?? <p className="hint">This customer no longer exists.</p>;
  }
  const after = customer.payments?.pageInfo.endCursor;
  return (
    <article aria-busy={loading}>
      <header>
        <h2>{customer.name ?? 'Without a name'}</h2>
        <p>{[customer.jobTitle, customer.company?.name].filter(Boolean).join(', ')}</p>
      </header>
      {notice}
      <Contact customer={customer} />
      <Place address={customer.address} name={customer.name} />
      <h3>Payments</h3>
      {customer.billingAccounts?.map((account) => (
        <LivePayments key={account.id} accountId={account.id} onCreated={() => void refetch()} />
      ))}
      <Payments
        list={customer.payments}
        fetchPage={() => fetchMore({ variables: { paymentsAfter: after } })}
      />
    </article>
  );
}

const Loading = () => (
  <div className="loading" role="status">
    Loading …
  </div>
);

type Customer = NonNullable<CustomerCardQuery['customer']>;

function Contact({ customer: { email, phone, company } }: { readonly customer: Customer }) {
  return (
    <dl>
      {email && <Row term="E-mail" value={email} />}
      {phone && <Row term="Phone" value={phone} />}
      {company?.domain && <Row term="Web" value={company.domain} />}
    </dl>
  );
}

const Row = ({ term, value }: { readonly term: string; readonly value: string }) => (
  <div>
    <dt>{term}</dt>
    <dd>{value}</dd>
  </div>
);

function Place({
  address,
  name,
}: {
  readonly address: Customer['address'];
  readonly name: Customer['name'];
}) {
  if (!address) return null;
  return (
    <figure>
      {address.map && (
        <img
          src={address.map.path}
          width={address.map.width}
          height={address.map.height}
          alt={`Map around ${name ?? 'the customer'}`}
        />
      )}
      <figcaption>
        {address.formatted}
        {address.timeZone && <small> · {address.timeZone}</small>}
      </figcaption>
    </figure>
  );
}
