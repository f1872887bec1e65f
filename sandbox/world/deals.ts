import { createRandom, type Random } from './random.ts';
import { DAY, timesOf, WORLD_TIME } from './times.ts';
import type { WorldCompany, WorldDeal, WorldPerson } from './world-records.ts';

const DEALS = 320;

/** Deals in order of creation. */
export function buildDeals(
  people: readonly WorldPerson[],
  companies: readonly WorldCompany[],
  ownerCount: number,
): WorldDeal[] {
  const random = createRandom(1789);
  return Array.from({ length: DEALS }, (_, key) => {
    const company =
      key % 19 === 18 ? undefined : companies[random.integer(0, companies.length - 1)];
    const pipeline = random.chance(0.2) ? 'renewals' : 'default';
    const stage = random.pick(STAGES[pipeline]);
    const times = timesOf(key, DEALS, random);
    const currency = random.chance(0.12) ? null : random.pick(CURRENCIES);
    return {
      key,
      title: `${random.pick(SUBJECTS)} ${company ? `for ${company.name}` : `no. ${String(1000 + key)}`}`,
      amount: random.chance(0.06) ? null : amountIn(currency, random),
      currency,
      stage,
      pipeline,
      owner: random.chance(0.1) ? null : random.integer(0, ownerCount - 1),
      closesOn: random.chance(0.07) ? null : closingTime(stage, times.updatedAt, random),
      company: company?.key ?? null,
      people: peopleOf(company, people, random),
      ...times,
    };
  });
}

function amountIn(currency: string | null, random: Random) {
  const amount = random.integer(4, 900) * 50;
  if (currency === 'JPY') return String(amount * 100);
  return random.chance(0.3) ? `${String(amount)}.${String(random.integer(1, 9))}5` : String(amount);
}

/** Closed deals were closed when they last changed; open ones are due within half a year of the world's time. */
function closingTime(stage: string, updatedAt: string, random: Random) {
  if (CLOSED.has(stage)) return updatedAt;
  return new Date(WORLD_TIME + random.integer(-10, 180) * DAY).toISOString();
}

function peopleOf(
  company: WorldCompany | undefined,
  people: readonly WorldPerson[],
  random: Random,
) {
  const candidates = people.filter((person) => person.company === (company?.key ?? null));
  const wanted = Math.min(candidates.length, random.integer(0, 3));
  const first = random.integer(0, Math.max(0, candidates.length - 1));
  return Array.from(
    { length: wanted },
    (_, index) => candidates[(first + index) % candidates.length],
  )
    .filter((person) => person !== undefined)
    .map(({ key }) => key);
}

const STAGES = {
  default: [
    'appointmentscheduled',
    'qualifiedtobuy',
    'presentationscheduled',
    'decisionmakerboughtin',
    'contractsent',
    'closedwon',
    'closedwon',
    'closedlost',
  ],
  renewals: ['renewalupcoming', 'renewalnegotiating', 'renewed', 'renewed', 'churned'],
} as const;

const CLOSED: ReadonlySet<string> = new Set(['closedwon', 'closedlost', 'renewed', 'churned']);

const CURRENCIES = ['USD', 'USD', 'EUR', 'EUR', 'GBP', 'JPY', 'CHF', 'SEK'] as const;

const SUBJECTS = [
  'Annual licence',
  'Pilot project',
  'Onboarding package',
  'Fleet upgrade',
  'Consulting days',
  'Spring campaign',
  'Support contract',
  'Équipement de bureau',
] as const;
