import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Kind, parse } from 'graphql';
import { crmDependencies } from '../../subgraphs/crm/dependencies.ts';
import type { DependencyTable } from '../../subgraphs/dependencies.ts';
import { mapsDependencies } from '../../subgraphs/maps/dependencies.ts';
import { PAYMENTS_DEPENDENCIES } from '../../subgraphs/payments/dependencies.ts';
import { NO_LIFETIMES } from '../../upstream/upstream-policy.ts';

const TABLES: Readonly<Record<string, DependencyTable>> = {
  crm: crmDependencies(NO_LIFETIMES),
  payments: PAYMENTS_DEPENDENCIES,
  maps: mapsDependencies(true),
};

/** No response to a query has them. */
const OF_OTHER_OPERATIONS = /^(?:Mutation|Subscription|UserError|\w+Payload|\w+Change)$/;

const objectTypes = (subgraph: string) =>
  parse(
    readFileSync(new URL(`../../schema/${subgraph}.graphql`, import.meta.url), 'utf8'),
  ).definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION &&
    !OF_OTHER_OPERATIONS.test(definition.name.value)
      ? [definition]
      : [],
  );

describe.each(Object.entries(TABLES))('the dependencies of %s', (subgraph, table) => {
  it('name each object type of a query', () => {
    const types = objectTypes(subgraph).map(({ name }) => name.value);
    expect(types.filter((type) => !Object.hasOwn(table, type))).toEqual([]);
  });

  it('name no type or field that the schema lacks', () => {
    const known = objectTypes(subgraph).flatMap(({ name, fields = [] }) => [
      name.value,
      ...fields.map((field) => `${name.value}.${field.name.value}`),
    ]);
    expect(Object.keys(table).filter((key) => !known.includes(key))).toEqual([]);
  });
});
