import { CombinedGraphQLErrors } from '@apollo/client';
import { useQuery } from '@apollo/client/react';
import { graphql } from './__generated__/gql.ts';
import type { CustomerCardQuery } from './__generated__/graphql.ts';
import { Payments } from './payments.tsx';

const CUSTOMER_CARD = graphql(`
  query CustomerCard($id: ID!) {
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
      payments(first: 8) {
        nodes {
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
  }
`);

export function CustomerCard({ id }: { readonly id: string }) {
  // One vendor may be down: what the others know is still worth showing.
  const { data, loading, error } = useQuery(CUSTOMER_CARD, {
    variables: { id },
    errorPolicy: 'all',
  });
  if (loading) return <p className="hint">Loading …</p>;
  const customer = data?.customer;
  if (!customer)
    return <p className="missing">{error ? error.message : 'This customer is gone.'}</p>;
  return (
    <article>
      <header>
        <h2>{customer.name ?? 'Without a name'}</h2>
        <p>{[customer.jobTitle, customer.company?.name].filter(Boolean).join(', ')}</p>
      </header>
      <Contact customer={customer} />
      <Place address={customer.address} name={customer.name} />
      <h3>Payments</h3>
      <Payments page={customer.payments} />
      <Missing error={error} />
    </article>
  );
}

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

/** Says which parts of the card are not there, and whether trying again is worth it. */
function Missing({ error }: { readonly error: unknown }) {
  if (!CombinedGraphQLErrors.is(error)) return null;
  return (
    <ul className="missing">
      {error.errors.map(({ path, message, extensions }) => (
        <li key={path?.join('.')}>
          {path?.at(-1)}: {message} {extensions?.['retryable'] === true && 'Try again later.'}
        </li>
      ))}
    </ul>
  );
}
