import { useQuery } from '@apollo/client/react';
import { type Ref, useState } from 'react';
import { graphql } from './__generated__/gql.ts';
import type { CustomerListQuery } from './__generated__/graphql.ts';
import { ErrorNotice } from './error-notice.tsx';
import { useLoadMore } from './use-load-more.ts';
import { useSearch } from './use-search.ts';

const CUSTOMER_LIST = graphql(`
  query CustomerList($search: String, $after: String) {
    customers(first: 20, after: $after, search: $search, sort: { field: LAST_NAME }) {
      totalCount
      edges {
        cursor
        node {
          id
          name
          company {
            id
            name
          }
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

interface Props {
  readonly ref: Ref<HTMLElement>;
  readonly chosen: string | undefined;
  readonly onChoose: (id: string) => void;
}

export function CustomerList({ ref, chosen, onChoose }: Props) {
  const [typed, setTyped] = useState('');
  const { text, signal } = useSearch(typed.trim());
  const { data, previousData, loading, error, refetch, fetchMore } = useQuery(CUSTOMER_LIST, {
    variables: { search: text || null },
    context: { fetchOptions: { signal } },
    notifyOnNetworkStatusChange: true,
  });
  const list = (data ?? previousData)?.customers;
  const next = useLoadMore(() => fetchMore({ variables: { after: list?.pageInfo.endCursor } }));

  return (
    <nav ref={ref} aria-label="Customers" aria-busy={loading}>
      <h1>Customers</h1>
      <input
        type="search"
        placeholder="Search"
        aria-label="Search"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
      />
      <p className="count" role="status">
        {loading && !next.isLoading ? 'Loading …' : list && countOf(list, text)}
      </p>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      <ul>
        {list?.edges.map(
          ({ node }) =>
            node && (
              <li key={node.id}>
                <button
                  aria-current={node.id === chosen ? 'true' : undefined}
                  onClick={() => {
                    onChoose(node.id);
                  }}
                >
                  <strong>{node.name ?? 'Without a name'}</strong>
                  <small>{node.company?.name ?? ' '}</small>
                </button>
              </li>
            ),
        )}
        {list?.pageInfo.hasNextPage && data && (
          <li className="more">
            {next.error ? (
              <ErrorNotice error={next.error} onRetry={next.loadMore} />
            ) : (
              <button disabled={next.isLoading} onClick={next.loadMore}>
                {next.isLoading ? 'Loading …' : 'Show more'}
              </button>
            )}
          </li>
        )}
      </ul>
    </nav>
  );
}

function countOf(
  { edges, totalCount }: NonNullable<CustomerListQuery['customers']>,
  search: string,
): string {
  if (edges.length === 0) return search ? `No customer matches “${search}”.` : 'No customers yet.';
  return totalCount === null
    ? `${String(edges.length)} shown`
    : `${String(edges.length)} of ${String(totalCount)}`;
}
