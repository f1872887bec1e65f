import type { CustomerCardQuery } from './__generated__/graphql.ts';

type Page = NonNullable<CustomerCardQuery['customer']>['payments'];

export function Payments({ page }: { readonly page: Page }) {
  if (!page) return <p className="missing">Not available now.</p>;
  if (page.nodes.length === 0) return <p className="hint">None yet.</p>;
  return (
    <table>
      <tbody>
        {page.nodes.map(
          (payment) =>
            payment && (
              <tr key={payment.id}>
                <td>
                  {new Date(payment.createdAt).toLocaleDateString('en', { dateStyle: 'medium' })}
                </td>
                <td>{payment.description ?? payment.failure?.message}</td>
                <td>
                  <mark data-status={payment.status}>
                    {payment.status.toLowerCase().replaceAll('_', ' ')}
                  </mark>
                </td>
                <td className="money">
                  {payment.amount.amount} {payment.amount.currency}
                </td>
              </tr>
            ),
        )}
      </tbody>
    </table>
  );
}
