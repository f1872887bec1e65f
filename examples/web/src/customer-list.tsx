import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { graphql } from './__generated__/gql.ts';

const CUSTOMER_LIST = graphql(`
  query CustomerList($search: String) {
    customers(first: 50, search: $search, sort: { field: LAST_NAME }) {
      nodes {
        id
        name
        company {
          id
          name
        }
      }
    }
  }
`);

interface Props {
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

export function CustomerList({ chosen, onChoose }: Props) {
  const [search, setSearch] = useState('');
  const { data, previousData, loading, error } = useQuery(CUSTOMER_LIST, {
    variables: { search: search || null },
  });
  const customers = (data ?? previousData)?.customers?.nodes ?? [];
  return (
    <nav aria-busy={loading}>
      <h1>Customers</h1>
      <input
        type="search"
        placeholder="Search"
        aria-label="Search"
        value={search}
        onChange={(event) => {
          setSearch(event.target.value);
        }}
      />
      {error && <p className="missing">{error.message}</p>}
      <ul>
        {customers.map(
          (customer) =>
            customer && (
              <li key={customer.id}>
                <button
                  aria-pressed={customer.id === chosen}
                  onClick={() => {
                    onChoose(customer.id);
                  }}
                >
                  <strong>{customer.name ?? 'Without a name'}</strong>
                  <small>{customer.company?.name ?? ' '}</small>
                </button>
              </li>
            ),
        )}
      </ul>
    </nav>
  );
}
