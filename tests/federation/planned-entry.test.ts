import { describe, expect, it } from '@jest/globals';
import { startPlannedGraph } from './planned-graph.ts';

describe('a key that a subgraph does not resolve', () => {
  it('is not used to enter that subgraph', async () => {
    const graph = await startPlannedGraph({
      fleet: {
        sdl: `type Query { ship: Ship }
          type Ship @key(fields: "port { code }", resolvable: false) @key(fields: "imo") { imo: ID! port: Port! flag: String @external
            papers: String @requires(fields: "flag") }
          type Port @shareable { code: ID! }`,
        resolvers: {
          Query: { ship: () => ({ imo: '9074729', port: { code: 'HAM' } }) },
          Ship: {
            __resolveReference: ({ imo, flag }: { imo?: string; flag: string }) =>
              imo === undefined ? null : { imo, flag },
            papers: ({ flag }: { flag: string }) => `under ${flag}`,
          },
        },
      },
      registry: {
        sdl: `type Ship @key(fields: "imo") { imo: ID! port: Port! @shareable flag: String } type Port @shareable { code: ID! }`,
        resolvers: { Ship: { flag: () => 'LR' } },
      },
    });
    const { data, errors } = await graph.run('{ ship { imo papers } }');
    await graph.close();
    expect(errors).toBeUndefined();
    expect(data).toEqual({ ship: { imo: '9074729', papers: 'under LR' } });
  });
});

describe('an interface whose objects no subgraph can identify', () => {
  it('is an error, not a null without a reason', async () => {
    const graph = await startPlannedGraph({
      tickets: {
        sdl: 'type Query { ticket: Ticket } interface Ticket @key(fields: "id") { id: ID! }',
        resolvers: {
          Query: { ticket: () => ({ id: '1' }) },
          Ticket: { __resolveType: () => null },
        },
      },
      seats: {
        sdl: 'type Query { last: Ticket } type Ticket @key(fields: "id", resolvable: false) @interfaceObject { id: ID! seat: String }',
        resolvers: { Query: { last: () => ({ id: '1', seat: '7a' }) } },
      },
    });
    const { data, errors } = await graph.run('{ ticket { seat } }');
    const { data: known } = await graph.run('{ last { id seat } }');
    await graph.close();
    expect(data).toBeUndefined();
    expect(errors).toHaveLength(1);
    expect(known).toEqual({ last: { id: '1', seat: '7a' } });
  });
});
