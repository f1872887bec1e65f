import type { Interval } from '../shapes/catalog.ts';

const DAY = 86_400;

/** When a period that starts now is over; months end on the day they began, or on their last: https://docs.stripe.com/billing/subscriptions/billing-cycle */
export function endOfPeriod(start: number, interval: Interval, count: number): number {
  switch (interval) {
    case 'day':
      return start + count * DAY;
    case 'week':
      return start + count * 7 * DAY;
    case 'month':
      return addMonths(start, count);
    case 'year':
      return addMonths(start, 12 * count);
  }
}

function addMonths(start: number, months: number): number {
  const from = new Date(start * 1000);
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(from.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return to.getTime() / 1000;
}
