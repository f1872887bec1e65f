import { personName } from './names.ts';
import { phoneNumber } from './phone-number.ts';
import { createRandom, type Random } from './random.ts';
import { timesOf } from './times.ts';
import type { WorldAddress, WorldCompany, WorldPerson } from './world-records.ts';

const PEOPLE = 240;

/** The first page of people is the one that is shown to visitors: nearly everyone on it has everything. */
const SHOWN_FIRST = 20;

/** People in order of creation. */
export function buildPeople(
  companies: readonly WorldCompany[],
  addresses: readonly [WorldAddress, ...WorldAddress[]],
): WorldPerson[] {
  const random = createRandom(7);
  const takenEmails = new Set<string>();
  return Array.from({ length: PEOPLE }, (_, key) =>
    buildPerson(key, { random, takenEmails, companies, addresses }),
  );
}

interface Surroundings {
  readonly random: Random;
  readonly takenEmails: Set<string>;
  readonly companies: readonly WorldCompany[];
  readonly addresses: readonly [WorldAddress, ...WorldAddress[]];
}

function buildPerson(
  key: number,
  { random, takenEmails, companies, addresses }: Surroundings,
): WorldPerson {
  const isShownFirst = key < SHOWN_FIRST;
  const company = companyOf(key, random, companies);
  const homeAddress =
    isShownFirst || random.chance(0.4) ? company?.address : random.pick(addresses);
  const address = (isShownFirst ? key === 17 : random.chance(0.1))
    ? null
    : (homeAddress ?? random.pick(addresses));
  const { firstName, lastName, mailbox } = personName(
    random,
    (address ?? company?.address)?.countryCode,
  );
  const hasEmail = isShownFirst ? key !== 13 : !random.chance(0.08);
  const billingAccounts = billingAccountsOf(key, random);
  return {
    key,
    firstName: key % 41 === 40 ? null : firstName,
    lastName: key % 47 === 46 ? null : lastName,
    email: hasEmail
      ? freeEmail(
          mailbox,
          company?.domain ?? random.pick(['example.com', 'example.org', 'example.net']),
          takenEmails,
        )
      : null,
    phone: random.chance(0.8) ? phoneNumber(random, address?.countryCode) : null,
    jobTitle: random.chance(0.85) ? random.pick(JOB_TITLES) : null,
    lifecycleStage: billingAccounts > 0 ? 'customer' : random.pick(LIFECYCLE_STAGES),
    company: company?.key ?? null,
    address,
    ...timesOf(key, PEOPLE, random),
    billingAccounts: hasEmail ? billingAccounts : 0,
  };
}

/** On the first page, neighbours share a company, which shows that duplicates are loaded once. */
function companyOf(key: number, random: Random, companies: readonly WorldCompany[]) {
  if (key < SHOWN_FIRST) return key === 9 ? undefined : companies[key % 12];
  return random.chance(0.15) ? undefined : companies[random.integer(0, companies.length - 1)];
}

function billingAccountsOf(key: number, random: Random) {
  if (key < SHOWN_FIRST) return key === 11 ? 0 : key % 6 === 2 ? 2 : 1;
  if (random.chance(0.42)) return 0;
  return random.chance(0.1) ? 2 : 1;
}

function freeEmail(mailbox: string, domain: string, taken: Set<string>) {
  let email = `${mailbox}@${domain}`;
  for (let number = 2; taken.has(email); number++) email = `${mailbox}${String(number)}@${domain}`;
  taken.add(email);
  return email;
}

const JOB_TITLES = [
  'Head of Operations',
  'Purchasing Manager',
  'Chief Financial Officer',
  'Office Manager',
  'Software Engineer',
  'Founder',
  'Marketing Lead',
  'Accountant',
  'Product Owner',
  'Directrice générale',
  'Logistics Coordinator',
  'Sales Director',
] as const;

const LIFECYCLE_STAGES = [
  'subscriber',
  'lead',
  'lead',
  'marketingqualifiedlead',
  'salesqualifiedlead',
  'opportunity',
  'evangelist',
  'other',
] as const;
