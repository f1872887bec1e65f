import { DAY as DAY_MS, WORLD_TIME } from '../../world/times.ts';
import type { WorldAddress, WorldPerson } from '../../world/world.ts';
import { type Currency, currencyOfCountry } from '../stripe-currencies.ts';
import { createSeededRandom, type SeededRandom } from '../stripe-random.ts';
import { customerIdOf, shortId } from '../stripe-ids.ts';
import type { JsonObject } from '../stripe-json.ts';
import { type CustomerFacts } from '../shapes/customer.ts';

/** All times are seconds since 1970, as on Stripe's wire. */
export const NOW = WORLD_TIME / 1000;
export const DAY = DAY_MS / 1000;

/** A customer before its first purchase, with the options of its history. */
export interface Account {
  readonly facts: CustomerFacts;
  readonly currency: Currency;
  readonly random: SeededRandom;
  /** Whether the customer was deleted afterwards: what it paid stays. */
  readonly isDeleted: boolean;
}

/** One account for each billing account of the people, and some without a CRM record. */
export function accountsOf(people: readonly WorldPerson[]): Account[] {
  return [
    ...people.flatMap((person) =>
      Array.from({ length: person.billingAccounts }, (_, index) => accountOf(person, index + 1)),
    ),
    ...UNLINKED_CUSTOMERS.map(unlinkedAccount),
  ];
}

function accountOf(person: WorldPerson, number: number): Account {
  const id = customerIdOf(person.key, number);
  const random = createSeededRandom(id);
  const known = Math.floor(Date.parse(person.createdAt) / 1000);
  const facts = {
    id,
    created:
      known + Math.floor((NOW - 2 * DAY - known) * random.fraction() * (number === 1 ? 0.1 : 0.8)),
    name: [person.firstName, person.lastName].filter((name) => name !== null).join(' ') || null,
    email: person.email,
    phone: person.phone,
    address: random.chance(0.9) ? toStripeAddress(person.address) : null,
    description: number === 1 ? null : 'Second account',
    metadata: random.chance(0.3) ? { signup_source: random.pick(['web', 'mobile', 'sales']) } : {},
  };
  return { facts, currency: currencyOf(person.address, random), random, isDeleted: false };
}

/** The country as its code, as Stripe requires: https://docs.stripe.com/api/customers/object#customer_object-address */
function toStripeAddress(address: WorldAddress | null): JsonObject | null {
  if (address === null) return null;
  const { city, countryCode, line1, line2, postalCode, region } = address;
  return { city, country: countryCode, line1, line2, postal_code: postalCode, state: region };
}

function currencyOf(address: WorldAddress | null, random: SeededRandom): Currency {
  const localCurrency = address === null ? 'usd' : currencyOfCountry(address.countryCode);
  return random.chance(0.75)
    ? localCurrency
    : random.pick(['chf', 'eur', 'gbp', 'jpy', 'kwd', 'usd']);
}

interface UnlinkedCustomer {
  readonly name: string | null;
  readonly email: string | null;
  readonly currency: Currency;
  readonly isDeleted?: boolean;
}

const UNLINKED_CUSTOMERS: readonly UnlinkedCustomer[] = [
  { name: 'Walk-in Terminal 3', email: null, currency: 'usd' },
  { name: 'Sakura Stationery', email: 'accounts@sakura-stationery.example', currency: 'jpy' },
  { name: 'Al Noor Trading', email: 'finance@alnoor-trading.example', currency: 'kwd' },
  { name: 'Trial Import', email: 'import@trial.example', currency: 'eur' },
  { name: null, email: 'guest.buyer@mail.example', currency: 'gbp' },
  { name: 'Bergbahn Test AG', email: 'kasse@bergbahn.example', currency: 'chf' },
  { name: 'Forget Me', email: 'forget@me.example', currency: 'eur', isDeleted: true },
];

function unlinkedAccount(
  { name, email, currency, isDeleted = false }: UnlinkedCustomer,
  index: number,
): Account {
  const id = shortId('cus', `stranger/${String(index)}`);
  const random = createSeededRandom(id);
  const created = NOW - random.integer(30, 700) * DAY - random.integer(0, DAY);
  const facts = {
    id,
    created,
    name,
    email,
    phone: null,
    address: null,
    description: null,
    metadata: {},
  };
  return { facts, currency, random, isDeleted };
}
