import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, parse } from 'graphql';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { createFusedGraph } from '../../gateway/engines/fused/fused-graph.ts';
import type { FusedSubgraph } from '../../gateway/engines/fused/subgraph-schema.ts';
import { createMixedGraph } from '../../gateway/engines/mixed-graph.ts';
import { ServiceConnections } from '../../gateway/engines/planned/service-connections.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import type { Environment } from '../../settings/settings.ts';
import {
  startStandInService,
  type StandInService,
} from '../gateway/engines/planned/stand-in-service.ts';
import { openSubgraph, readSdl } from '../subgraphs/open-subgraph.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import { runnerFor } from './run-operation.ts';

/** A company's own service: it extends our entities, requires fields of them, has entities of its own that lead back to ours. */
const LOYALTY_SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@requiresScopes"])
  interface Reward { id: ID! title: String! }
  type Voucher implements Reward @key(fields: "id") { id: ID! title: String! customer: Customer }
  type Gift implements Reward @key(fields: "id") { id: ID! title: String! supplier: Company }
  union Benefit = Voucher | Gift | Programme
  type Programme @key(fields: "id") { id: ID! name: String! sponsor: Company members(first: Int = 2): [Customer!] benefits: [Benefit!] }
  type Customer @key(fields: "id") {
    id: ID!
    email: String @external
    points: Int
    greeting: String @requires(fields: "email") @requiresScopes(scopes: [["personal:read"]])
    rewards: [Reward!]
  }
  type Company @key(fields: "id") { id: ID! programme: Programme }
  type Query { programmes: [Programme!] programme(id: ID!): Programme bestCustomer: Customer }
  type Mutation { grantPoints(customerId: ID!, points: Int!): Customer }
`;

type Reference = { readonly id: string; readonly email?: string | null };

/** @param ids are of records in the CRM */
function loyaltyResolvers(ids: {
  readonly customers: readonly string[];
  readonly companies: readonly string[];
}) {
  const customer = (number: number) => ({
    __typename: 'Customer',
    id: ids.customers[number % ids.customers.length],
  });
  const company = (number: number) => ({
    __typename: 'Company',
    id: ids.companies[number % ids.companies.length],
  });
  const unknown = { __typename: 'Customer', id: '999999999' };
  const programme = (number: number) => ({
    __typename: 'Programme',
    id: String(number),
    name: `Programme ${String(number)}`,
    sponsor: number === 3 ? null : company(number),
    members: ({ first }: { first: number }) =>
      [customer(number), customer(number + 1), unknown, customer(number)].slice(0, first),
    benefits: [voucher(number), gift(number), { __typename: 'Programme', id: '1' }],
  });
  const voucher = (number: number) => ({
    __typename: 'Voucher',
    id: `v${String(number)}`,
    title: 'A voucher',
    customer: customer(number + 2),
  });
  const gift = (number: number) => ({
    __typename: 'Gift',
    id: `g${String(number)}`,
    title: 'A gift',
    supplier: company(number + 1),
  });
  const digit = (id: string) => Number(id.at(-1)) || 0;
  return {
    Query: {
      programmes: () => [programme(1), programme(2), programme(3)],
      programme: (_root: unknown, { id }: Reference) =>
        ['1', '2', '3'].includes(id) ? programme(Number(id)) : null,
      bestCustomer: () => customer(3),
    },
    Mutation: {
      grantPoints: (_root: unknown, { customerId }: { customerId: string }) => ({
        __typename: 'Customer',
        id: customerId,
      }),
    },
    Programme: {
      __resolveReference: ({ id }: Reference) => programme(Number(id)),
      name: ({ id }: Reference) => `Programme ${id}`,
    },
    Voucher: { __resolveReference: ({ id }: Reference) => voucher(digit(id)) },
    Gift: { __resolveReference: ({ id }: Reference) => gift(digit(id)) },
    Reward: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Benefit: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Customer: {
      __resolveReference: (reference: Reference) => reference,
      points: ({ id }: Reference) => (digit(id) === 7 ? null : digit(id) * 10),
      greeting: ({ email }: Reference) => (email == null ? null : `Hello ${email}`),
      rewards: ({ id }: Reference) => [voucher(digit(id)), gift(digit(id))],
    },
    Company: {
      __resolveReference: (reference: Reference) => reference,
      programme: ({ id }: Reference) =>
        digit(id) % 3 === 0 ? null : programme(1 + (digit(id) % 3)),
    },
  };
}

/** Built-in subgraphs in this process and one service, and the same graph with that subgraph in this process as well. */
export async function startMixedGraph(
  environment: Environment,
  { requestTimeoutMs = 10_000 }: { readonly requestTimeoutMs?: number } = {},
) {
  const subgraphs = SUBGRAPHS.map((module) => openSubgraph(module, environment));
  const embedded = new Supergraph(readSdl('supergraph'));
  const alone = runnerFor(createFusedGraph({ supergraph: embedded, subgraphs }));
  const ids = { customers: [] as string[], companies: [] as string[] };
  const resolvers = loyaltyResolvers(ids);
  const loyalty: FusedSubgraph = {
    name: 'loyalty',
    sdl: LOYALTY_SDL,
    resolvers,
    createContext: () => ({}),
  };
  const service = await startLoyalty(resolvers);
  const supergraph = composeSupergraph([
    ...SUBGRAPHS.map(({ name }) => ({ name, sdl: readSdl(name) })),
    { name: 'loyalty', sdl: LOYALTY_SDL, url: service.url },
  ]);
  const { graph, forAudience, changeFields, release } = await createMixedGraph({
    supergraph,
    embedded,
    modules: SUBGRAPHS,
    subgraphs,
    serviceConnections: new ServiceConnections({ requestTimeoutMs, traces: true }),
  });
  // Only now: connections to the vendors must not grow old while the graph is made.
  const { data } = await alone.run(
    '{ customers(first: 9) { nodes { id } } companies(first: 5) { nodes { id } } }',
  );
  // A cast: the query says what is in it.
  const { customers, companies } = data as Record<string, { nodes: readonly { id: string }[] }>;
  ids.customers.push(...(customers?.nodes ?? []).map(({ id }) => id));
  ids.companies.push(...(companies?.nodes ?? []).map(({ id }) => id));
  /** The same graph in one process on graphql-js, with other resolvers of the service. */
  const referenceWith = (others: FusedSubgraph['resolvers']) =>
    runnerFor(
      createFusedGraph({
        supergraph,
        subgraphs: [...subgraphs, { ...loyalty, resolvers: others }],
        compiles: false,
      }),
    );
  return {
    alone,
    mixed: runnerFor(graph),
    forAudience,
    changeFields,
    reference: referenceWith(resolvers),
    referenceWith,
    /** Those of the service, by type and field. */
    resolvers,
    service,
    close: async () => {
      await graph.close();
      await release();
      await service.close();
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    },
  };
}

function startLoyalty(resolvers: ReturnType<typeof loyaltyResolvers>): Promise<StandInService> {
  // Apollo's type of resolvers is narrower than what it takes.
  const schema = buildSubgraphSchema([
    { typeDefs: parse(LOYALTY_SDL), resolvers: resolvers as never },
  ]);
  return startStandInService(({ query, variables }) =>
    execute({ schema, document: parse(query), variableValues: variables }),
  );
}
