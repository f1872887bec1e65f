import { buildAddresses } from './addresses.ts';
import { buildCompanies } from './companies.ts';
import { buildDeals } from './deals.ts';
import { buildOwners } from './owners.ts';
import { buildPeople } from './people.ts';
import type { World } from './world-records.ts';

export type {
  World,
  WorldAddress,
  WorldCompany,
  WorldDeal,
  WorldOwner,
  WorldPerson,
  WorldTimes,
} from './world-records.ts';

/** Builds the same world each time: nothing in it depends on the clock or on chance. */
export function buildWorld(): World {
  const addresses = buildAddresses();
  const owners = buildOwners();
  const companies = buildCompanies(addresses);
  const people = buildPeople(companies, addresses);
  return {
    owners,
    companies,
    people,
    deals: buildDeals(people, companies, owners.length),
    addresses,
  };
}
