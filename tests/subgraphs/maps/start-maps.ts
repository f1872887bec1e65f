import { type OpenedSubgraph, openSubgraph } from '../open-subgraph.ts';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  execute,
  type ExecutionResult,
  type GraphQLError,
  parse,
  validate,
  type DocumentNode,
  Kind,
} from 'graphql';
import { maps } from '../../../subgraphs/maps/subgraph.ts';
import { selectedFields } from '../../../gateway/engines/selected-fields.ts';
import type { Subgraph } from '../../../subgraphs/subgraph.ts';
import { type CallRecord, createCallTrace } from '../../../request/request-scope.ts';

export const GEOCODING = 'http://geocoding.test';
export const ROUTES = 'http://routes.test';
export const PLACES = 'http://places.test';
export const API_KEY = 'key-that-nobody-may-see';

export interface Answer {
  readonly data: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors: readonly {
    readonly code: unknown;
    readonly message: string;
    readonly path: string;
  }[];
  readonly calls: readonly CallRecord[];
}

export interface RunningMaps {
  readonly subgraph: OpenedSubgraph;
  readonly ask: (query: string, variables?: Readonly<Record<string, unknown>>) => Promise<Answer>;
}

/** The subgraph as its service would run it, asked without HTTP in between. */
export function startMaps(environment: Readonly<Record<string, string>> = {}): RunningMaps {
  const subgraph = openSubgraph(maps, {
    GOOGLE_MAPS_API_KEY: API_KEY,
    GOOGLE_GEOCODING_BASE_URL: GEOCODING,
    GOOGLE_ROUTES_BASE_URL: ROUTES,
    GOOGLE_PLACES_BASE_URL: PLACES,
    GOOGLE_RATE_LIMIT: 'none',
    ...environment,
  });
  return { subgraph, ask: (query, variables) => ask(subgraph, parse(query), variables ?? {}) };
}

/** An address's fields, as the gateway asks for them. */
export const ofAddresses = (selection: string) =>
  `query ($of: [_Any!]!) { _entities(representations: $of) { ... on PostalAddress { ${selection} } } }`;

export const addresses = (...formatted: string[]) => ({
  of: formatted.map((line) => ({ __typename: 'PostalAddress', formatted: line })),
});

async function ask(
  subgraph: Subgraph,
  document: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const schema = buildSubgraphSchema({
    typeDefs: parse(subgraph.sdl),
    resolvers: subgraph.resolvers as never,
  });
  const invalid = validate(schema, document);
  if (invalid.length > 0) throw new Error(invalid.join('\n'));
  const operation = document.definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation === undefined) throw new Error('A query needs an operation.');
  const selected = selectedFields({
    schema,
    operation,
    fragments: fragmentsOf(document),
    variables,
  });
  const trace = createCallTrace();
  const contextValue = subgraph.createContext({
    signal: AbortSignal.timeout(10_000),
    trace,
    wanted: (type) => selected.get(type) ?? new Set(),
  });
  const { data, errors = [] }: ExecutionResult = await execute({
    schema,
    document,
    variableValues: variables,
    contextValue,
  });
  // Through JSON: what is compared is what a client would get.
  const plain = JSON.parse(JSON.stringify(data ?? null)) as Answer['data'];
  return { data: plain, errors: errors.map(toPlainError), calls: trace.calls };
}

export const fragmentsOf = (document: DocumentNode) =>
  Object.fromEntries(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  );

const toPlainError = ({ message, path = [], extensions }: GraphQLError) => ({
  code: extensions['code'],
  message,
  path: path.join('.'),
});
