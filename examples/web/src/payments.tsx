import type { CustomerCardQuery } from './__generated__/graphql.ts';
import { ErrorNotice } from './error-notice.tsx';
import { useLoadMore } from './use-load-more.ts';

interface Props {
  readonly list: NonNullable<CustomerCardQuery['customer']>['payments'];
  readonly fetchPage: () => Promise<unknown>;
}

export function Payments({ list, fetchPage }: Props) {
  const next = useLoadMore(fetchPage);
  if (!list) return <p className="hint">Not available now.</p>;
  if (list.edges.length === 0) return <p className="hint">None yet.</p>;
  return (
    <>
      <table>
        <thead className="for-readers">
          <tr>
            <th>Date</th>
            <th>Description</th>
            <th>Status</th>
            <th>Amount</th>
          </tr>
        </thead>
        <tbody>{list.edges.map(({ node }) => node && <Row key={node.id} payment={node} />)}</tbody>
      </table>
      {next.error !== undefined && <ErrorNotice error={next.error} onRetry={next.loadMore} />}
      {list.pageInfo.hasNextPage && next.error === undefined && (
        <button className="more" disabled={next.isLoading} onClick={next.loadMore}>
          {next.isLoading ? 'Loading …' : 'Show older payments'}
        </button>
      )}
    </>
  );
}

type Payment = NonNullable<NonNullable<Props['list']>['edges'][number]['node']>;

const Row = ({ payment }: { readonly payment: Payment }) => (
  <tr>
    <td>{new Date(payment.createdAt).toLocaleDateString('en', { dateStyle: 'medium' })}</td>
    <td>{payment.description ?? payment.failure?.message ?? 'No description'}</td>
    <td>
      <mark data-status={payment.status}>{payment.status.toLowerCase().replaceAll('_', ' ')}</mark>
    </td>
    <td className="money">
      {payment.amount.amount} {payment.amount.currency}
    </td>
  </tr>
);
