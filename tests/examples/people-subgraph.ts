import type { FusedSubgraph } from '../../gateway/engines/fused/subgraph-schema.ts';

/** Twenty people with fourteen distinct addresses, and one without. */
const people = [
  ...Array.from({ length: 20 }, (_, index) => ({
    id: String(index + 1),
    email: `person${String(index % 14)}@example.com`,
  })),
  { id: '21', email: null },
];

export const peopleSubgraph: FusedSubgraph = {
  name: 'people',
  sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@requiresScopes"])
    type Query { people: [Customer!]! }
    type Customer @key(fields: "id") { id: ID! email: String @requiresScopes(scopes: [["personal:read"]]) }`,
  resolvers: { Query: { people: () => people } },
  createContext: () => ({}),
};
