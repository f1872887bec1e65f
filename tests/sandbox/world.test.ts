import { describe, expect, it } from '@jest/globals';
import { buildWorld } from '../../sandbox/world/world.ts';

const world = buildWorld();

describe('the seeded world', () => {
  it('is the same each time', () => {
    expect(buildWorld()).toEqual(world);
  });

  it('is large enough for paging and batching', () => {
    expect(world.people.length).toBeGreaterThanOrEqual(220);
    expect(world.companies.length).toBeGreaterThanOrEqual(42);
    expect(world.deals.length).toBeGreaterThanOrEqual(310);
    expect(
      world.people.reduce((sum, person) => sum + person.billingAccounts, 0),
    ).toBeGreaterThanOrEqual(125);
  });

  it('refers to records by their position', () => {
    for (const list of [world.owners, world.companies, world.people, world.deals]) {
      expect(list.map(({ key }) => key)).toEqual([...list.keys()]);
    }
    for (const deal of world.deals) {
      for (const person of deal.people) expect(world.people[person]?.company).toBe(deal.company);
      if (deal.owner !== null) expect(world.owners[deal.owner]).toBeDefined();
    }
  });

  it('has the gaps of a real CRM', () => {
    for (const gap of ['firstName', 'lastName', 'email', 'phone', 'address', 'company'] as const) {
      expect(world.people.some((person) => person[gap] === null)).toBe(true);
    }
    expect(world.companies.some(({ address }) => address === null)).toBe(true);
    for (const gap of ['amount', 'currency', 'owner', 'closesOn', 'company'] as const) {
      expect(world.deals.some((deal) => deal[gap] === null)).toBe(true);
    }
    expect(world.people.some(({ billingAccounts }) => billingAccounts === 2)).toBe(true);
  });

  it('has unique e-mail addresses in reserved domains', () => {
    const emails = world.people.flatMap(({ email }) => email ?? []);
    expect(new Set(emails).size).toBe(emails.length);
    for (const email of emails)
      expect(email).toMatch(/^[a-z0-9.]+@([a-z0-9.-]+\.example|example\.(com|org|net))$/);
  });

  it('lets several people live at one address', () => {
    const lines = world.people.flatMap(({ address }) =>
      address ? [`${address.line1}, ${address.city}`] : [],
    );
    expect(new Set(lines).size).toBeLessThan(lines.length / 2);
  });

  it('has real time zones and coordinates', () => {
    for (const { latitude, longitude, timeZone } of world.addresses) {
      expect(Math.abs(latitude)).toBeLessThan(90);
      expect(Math.abs(longitude)).toBeLessThan(180);
      expect(new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone).toEqual(
        expect.any(String),
      );
    }
  });

  it('has times that increase with the key and end before its own time', () => {
    for (const list of [world.owners, world.companies, world.people, world.deals]) {
      const created = list.map(({ createdAt }) => createdAt);
      expect(created).toEqual(created.toSorted());
      for (const { createdAt, updatedAt } of list)
        expect(createdAt <= updatedAt && updatedAt < '2026-03-01T09:00:00.000Z').toBe(true);
    }
  });

  it('has nearly complete people first', () => {
    const first = world.people.slice(0, 20);
    const complete = first.filter(
      (person) =>
        person.email && person.address && person.company !== null && person.billingAccounts > 0,
    );
    expect(complete.length).toBeGreaterThanOrEqual(15);
  });
});
