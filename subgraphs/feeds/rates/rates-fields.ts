import { BadUserInput } from '../../../errors/coded-error.ts';
import type { CallTable } from '../../call-table.ts';
import type { ComputedFields, ReadField } from '../../connect/computed-fields.ts';
import { dayAgo, isFuture, today } from './days.ts';
import { crossRate, exchange } from './exchange.ts';
import type { Money } from '../../money.ts';

interface ReferenceRate {
  readonly currency: string;
  readonly day: string;
  readonly perEuro: string;
}

interface ConversionArguments {
  readonly currency: string;
  readonly on?: string | null | undefined;
}

interface RateArguments {
  readonly from: string;
  readonly to: string;
  readonly on?: string | null | undefined;
}

const REFERENCE_RATES = 'Query.referenceRates';

/** One call for all rates on a day. */
const READ = [{ per: 'field', name: REFERENCE_RATES }] as const;

const CALLS: CallTable = { 'Query.exchangeRate': READ, 'Money.in': READ };

/** The fields of the feed that are calculated from its rates. */
export const ratesFields = (sdl: string): ComputedFields => ({
  sdl,
  calls: CALLS,
  resolvers: (read) => ({
    Query: {
      exchangeRate: async (_root: unknown, { from, to, on }: RateArguments, context: object) => {
        const pair = await readPair({ from, to, on }, read, context);
        return pair && { from, to, rate: crossRate(pair), day: pair.day };
      },
    },
    Money: {
      in: async (money: Money, { currency, on }: ConversionArguments, context: object) => {
        checkMoney(money);
        if (currency === money.currency) return money;
        const pair = await readPair({ from: money.currency, to: currency, on }, read, context);
        return pair && exchange(money, pair, currency);
      },
    },
  }),
});

/** Representations from another gateway have not been validated against the schema. */
function checkMoney({ amount, currency }: Money): void {
  if (!/^-?\d{1,50}(?:\.\d{1,50})?$/.test(amount) || !/^[A-Z0-9]{3,12}$/.test(currency))
    throw new BadUserInput(
      'Money must have an amount such as "1234.50", of at most 50 digits on each side of the point, and a currency such as "EUR".',
    );
}

/** The longest gap between two working days, plus days without a published rate. */
const SPAN_DAYS = 10;

/** https://www.ecb.europa.eu/stats/policy_and_exchange_rates/euro_reference_exchange_rates/ */
const FIRST_DAY = '1999-01-04';

/** Reads the latest rates of two currencies that were published on or before a day. */
async function readPair(
  { from, to, on }: RateArguments,
  read: ReadField,
  context: object,
): Promise<RatePair | null> {
  if (on != null && (on < FIRST_DAY || isFuture(on))) return null;
  const until = on != null && on < today() ? on : today();
  const args = { since: dayAgo(until, SPAN_DAYS), until };
  // The cast is safe: it is the result of the connector's selection, and its fields are checked below.
  const rates = ((await read(REFERENCE_RATES, args, context)) ?? []) as readonly ReferenceRate[];
  const one = lastRate(rates, from);
  const other = lastRate(rates, to);
  if (one === undefined || other === undefined) return null;
  const day = one.day < other.day ? one.day : other.day;
  return { from: one.perEuro, to: other.perEuro, day };
}

interface RatePair {
  readonly from: string;
  readonly to: string;
  /** The earlier of their days. */
  readonly day: string;
}

function lastRate(
  rates: readonly ReferenceRate[],
  currency: string,
): Pick<ReferenceRate, 'day' | 'perEuro'> | undefined {
  const isEuro = currency === 'EUR';
  let last: ReferenceRate | undefined;
  for (const rate of rates)
    if ((isEuro || rate.currency === currency) && isRate(rate))
      if (last === undefined || rate.day > last.day) last = rate;
  return last && isEuro ? { day: last.day, perEuro: '1' } : last;
}

/** An invalid rate would give a wrong amount. */
const isRate = ({ day, perEuro }: ReferenceRate): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(day) &&
  /^\d{1,12}(?:\.\d{1,12})?$/.test(perEuro) &&
  /[1-9]/.test(perEuro);
