import { mulberry32 } from '../../federation/random-operation.ts';

export interface RandomSubgraph {
  readonly name: string;
  readonly sdl: string;
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@external", "@requires", "@provides", "@shareable", "@inaccessible", "@tag", "@override", "@interfaceObject"
])
`;
const NAMES = ['a', 'b', 'c'] as const;
const SCALARS = [
  'Int',
  'String!',
  'Boolean',
  '[String!]',
  'Float!',
  'Color',
  'Box',
  'Node',
] as const;

/**
 * Makes three subgraphs with entities, an interface, a union, an enum, an input and a value type. Some do not compose: a field is not shareable,
 * has another type elsewhere, requires what is not there, or cannot be reached.
 */
export function randomSubgraphs(seed: number): readonly RandomSubgraph[] {
  const random = mulberry32(seed);
  const chance = (probability: number) => random() < probability;
  const pick = <T>(values: readonly T[]) => values[Math.floor(random() * values.length)] as T;
  const fault = chance(0.35) ? pick(FAULTS) : undefined;
  const entities = ['E0', 'E1', 'E2', 'E3'].slice(0, 2 + Math.floor(random() * 3));
  const owner = new Map(entities.map((entity) => [entity, pick(NAMES)]));
  const hasCode = new Set(entities.filter(() => chance(0.4)));
  const sdlOf = (name: (typeof NAMES)[number]) => {
    const known = entities.filter((entity) => owner.get(entity) === name || chance(0.7));
    const types = known.map((entity) => {
      const isOwner = owner.get(entity) === name;
      const keys = [
        '@key(fields: "id")',
        ...(isOwner && hasCode.has(entity) ? ['@key(fields: "code")'] : []),
      ];
      const fields = Array.from({ length: 1 + Math.floor(random() * 3) }, (_one, index) => {
        const type = chance(0.3) ? `[${pick(known)}]` : pick(SCALARS);
        return `${name}${String(index)}${chance(0.2) ? '(first: Int = 1)' : ''}: ${type}${chance(0.1) ? ' @tag(name: "x")' : ''}`;
      });
      const code = hasCode.has(entity) && isOwner ? ['code: String!'] : [];
      const shared = chance(0.5)
        ? [`shared: Int${fault === 'not shareable' ? '' : ' @shareable'}`]
        : [];
      const required =
        !isOwner && hasCode.has(entity)
          ? [
              `code: String! @external`,
              `greeting${name}: String @requires(fields: "${fault === 'requires nothing' ? 'nothing' : 'code'}")`,
            ]
          : [];
      const invalid =
        fault === 'other type' ? [`odd: ${name === 'a' ? 'Int' : 'String'} @shareable`] : [];
      return `type ${entity}${chance(0.5) ? ' implements Node' : ''} ${keys.join(' ')} { id: ID! ${[...code, ...fields, ...shared, ...required, ...invalid].join(' ')} }`;
    });
    const colors = ['RED', 'BLUE', ...(chance(0.08) ? ['GREEN'] : [])];
    const paintsByInput = chance(0.5);
    return `${LINK}
      interface Node { id: ID! }
      enum Color { ${colors.join(' ')} }
      type Box @shareable { width: Int color: Color }
      type Leaf${name} implements Node { id: ID! }
      union Any = Leaf${name}${known[0] === undefined ? '' : ` | ${known[0]}`}
      input Filter { text: String ${chance(0.5) ? 'limit: Int' : ''} }
      ${types.join('\n')}
      ${fault === 'unreachable' && name === 'c' ? 'extend type E0 @key(fields: "other") { other: Int! lost: Int }' : ''}
      type Query {
        any${name}: Any
        box${name}(filter: Filter${paintsByInput ? ' color: Color' : ''}): Box
        ${known.map((entity) => `${name}${entity}(id: ID!): ${entity}`).join(' ')}
        ${fault === 'query twice' ? 'twice: Int' : ''}
      }`;
  };
  return NAMES.map((name) => ({ name, sdl: sdlOf(name) }));
}

const FAULTS = [
  'not shareable',
  'other type',
  'requires nothing',
  'unreachable',
  'query twice',
] as const;
