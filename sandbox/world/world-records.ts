/**
 * The business behind all sandbox vendors: the CRM has its people, the payment processor their payments, the mapping service
 * their places. A record's key is its position in its list, and records refer to each other by it.
 */
export interface World {
  readonly owners: readonly WorldOwner[];
  readonly companies: readonly WorldCompany[];
  readonly people: readonly WorldPerson[];
  readonly deals: readonly WorldDeal[];
  readonly addresses: readonly WorldAddress[];
}

/** Times of a record, as ISO text in UTC. */
export interface WorldTimes {
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface WorldOwner extends WorldTimes {
  readonly key: number;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
}

export interface WorldCompany extends WorldTimes {
  readonly key: number;
  readonly name: string;
  readonly domain: string;
  readonly industry: string;
  readonly phone: string;
  readonly address: WorldAddress | null;
}

export interface WorldPerson extends WorldTimes {
  readonly key: number;
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** No two people have the same one. */
  readonly email: string | null;
  readonly phone: string | null;
  readonly jobTitle: string | null;
  readonly lifecycleStage: string;
  /** The key of a company. */
  readonly company: number | null;
  readonly address: WorldAddress | null;
  /** Number of the payment processor's customers with this person's e-mail address. */
  readonly billingAccounts: 0 | 1 | 2;
}

export interface WorldDeal extends WorldTimes {
  readonly key: number;
  readonly title: string;
  /** Exact decimal text. */
  readonly amount: string | null;
  /** ISO 4217, upper case. */
  readonly currency: string | null;
  readonly stage: string;
  readonly pipeline: string;
  /** The key of an owner. */
  readonly owner: number | null;
  readonly closesOn: string | null;
  /** The key of a company. */
  readonly company: number | null;
  /** Keys of people. */
  readonly people: readonly number[];
}

export interface WorldAddress {
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string | null;
  /** The country's English name. */
  readonly country: string;
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string;
  readonly latitude: number;
  readonly longitude: number;
  /** A name of the IANA time zone database. */
  readonly timeZone: string;
}
