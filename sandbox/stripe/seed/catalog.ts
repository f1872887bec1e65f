import { CURRENCIES, type Currency, priceIn } from '../stripe-currencies.ts';
import { longId, shortId } from '../stripe-ids.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';
import {
  currencyOption,
  type PriceFacts,
  type ProductFacts,
  toPrice,
  toProduct,
} from '../shapes/catalog.ts';
import { DAY, NOW } from './account.ts';

/** What is sold. */
export interface Offer {
  readonly product: ProductFacts;
  readonly price: PriceFacts & { readonly currency: Currency };
}

interface Article {
  readonly key: string;
  readonly name: string;
  readonly description: string | null;
  readonly dollars: number;
  readonly interval: 'month' | 'year' | null;
}

const PLANS: readonly [Article, ...Article[]] = [
  {
    key: 'starter',
    name: 'Starter plan',
    description: 'For one person.',
    dollars: 19,
    interval: 'month',
  },
  {
    key: 'team',
    name: 'Team plan',
    description: 'For up to ten people.',
    dollars: 49,
    interval: 'month',
  },
  {
    key: 'business',
    name: 'Business plan',
    description: 'For the whole house.',
    dollars: 149,
    interval: 'month',
  },
  {
    key: 'team-yearly',
    name: 'Team plan, yearly',
    description: null,
    dollars: 490,
    interval: 'year',
  },
];

const SINGLES: readonly [Article, ...Article[]] = [
  { key: 'setup', name: 'One-time setup fee', description: null, dollars: 10, interval: null },
  {
    key: 'workshop',
    name: 'Workshop, half a day',
    description: 'On site or remote.',
    dollars: 480,
    interval: null,
  },
  { key: 'reader', name: 'Card reader', description: null, dollars: 59, interval: null },
  { key: 'support', name: 'Support hour', description: null, dollars: 95, interval: null },
  { key: 'export', name: 'Data export', description: null, dollars: 25, interval: null },
];

const FOUNDED = NOW - 1500 * DAY;

type Offers = readonly [Offer, ...Offer[]];

/** Built once: the seed picks from them thousands of times. */
const PLAN_OFFERS = inEachCurrency(PLANS);
const SINGLE_OFFERS = inEachCurrency(SINGLES);

export const plansIn = (currency: Currency): Offers => PLAN_OFFERS[currency];

export const singlesIn = (currency: Currency): Offers => SINGLE_OFFERS[currency];

/** Every product and every price of it. */
export function buildCatalog(): WireObject[] {
  const offers = CURRENCIES.flatMap((currency) => [...plansIn(currency), ...singlesIn(currency)]);
  const products = new Map(offers.map(({ product }) => [product.id, toProduct(product)]));
  return [...products.values(), ...offers.map((offer) => toPriceOf(offer, offers))];
}

/** What is listed in dollars can be charged in any currency, for what the product costs in that. */
function toPriceOf({ price, product }: Offer, offers: readonly Offer[]): WireObject {
  const same =
    price.currency === 'usd' ? offers.filter((one) => one.product.id === product.id) : [];
  const options = same.map(({ price: { currency, unitAmount } }) => [
    currency,
    currencyOption(unitAmount),
  ]);
  return {
    ...toPrice(price),
    ...(options.length > 0 && { currency_options: Object.fromEntries(options) as JsonObject }), // Of options.
  };
}

function inEachCurrency(articles: readonly [Article, ...Article[]]): Record<Currency, Offers> {
  // Every currency has its entry: they are mapped one to one.
  return Object.fromEntries<Offers>(
    CURRENCIES.map((currency) => [currency, offersOf(articles, currency)]),
  ) as Record<Currency, Offers>;
}

function offersOf(
  [first, ...others]: readonly [Article, ...Article[]],
  currency: Currency,
): [Offer, ...Offer[]] {
  return [offerOf(first, currency), ...others.map((article) => offerOf(article, currency))];
}

function offerOf(
  { key, name, description, dollars, interval }: Article,
  currency: Currency,
): Offer {
  const id = shortId('prod', key);
  const priceId = longId('price', `${key}/${currency}`);
  const unitAmount = priceIn(currency, dollars);
  return {
    product: {
      id,
      created: FOUNDED,
      name,
      description,
      defaultPrice: longId('price', `${key}/usd`),
    },
    price: {
      id: priceId,
      created: FOUNDED,
      currency,
      product: id,
      nickname: name,
      interval,
      unitAmount,
    },
  };
}
