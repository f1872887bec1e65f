import { readFile } from 'node:fs/promises';
import { type OpenedSubgraph, openSubgraph } from '../open-subgraph.ts';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  execute,
  type ExecutionResult,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  parse,
  validate,
} from 'graphql';
import { crm } from '../../../subgraphs/crm/subgraph.ts';
import { selectedFields } from '../../../gateway/engines/selected-fields.ts';
import type { Subgraph } from '../../../subgraphs/subgraph.ts';
import { type CallRecord, createCallTrace } from '../../../request/request-scope.ts';

export const HUBSPOT = 'http://hubspot.test';
export const TOKEN = 'pat-that-nobody-may-see';

export interface Answer {
  readonly data: Readonly<Record<string, unknown>> | null;
  readonly errors: readonly {
    readonly code: unknown;
    readonly message: string;
    readonly path: string;
    readonly [name: string]: unknown;
  }[];
  readonly calls: readonly CallRecord[];
}

export interface RunningCrm {
  readonly subgraph: OpenedSubgraph;
  readonly ask: (query: string, variables?: Readonly<Record<string, unknown>>) => Promise<Answer>;
}

export const sdl = await readFile(new URL('../../../schema/crm.graphql', import.meta.url), 'utf8');

/** The subgraph as its service would run it, asked without HTTP in between. */
export function startCrm(environment: Readonly<Record<string, string>> = {}): RunningCrm {
  const lead = {
    HUBSPOT_ACCESS_TOKEN: TOKEN,
    HUBSPOT_BASE_URL: HUBSPOT,
    HUBSPOT_RATE_LIMIT: 'none',
  };
  const subgraph = openSubgraph(crm, { ...lead, ...environment });
  // graphql-tools and Apollo type the same resolver maps differently.
  const schema = buildSubgraphSchema({
    typeDefs: parse(subgraph.sdl),
    resolvers: subgraph.resolvers as never,
  });
  return { subgraph, ask: (query, variables = {}) => ask(subgraph, schema, query, variables) };
}

async function ask(
  subgraph: Subgraph,
  schema: GraphQLSchema,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  const document = parse(query);
  const invalid = validate(schema, document);
  if (invalid.length > 0) throw new Error(invalid.join('\n'));
  const operation = document.definitions.find(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation === undefined) throw new Error('A query needs an operation.');
  const selected = selectedFields({ schema, operation, fragments: {}, variables });
  const trace = createCallTrace();
  const contextValue = subgraph.createContext({
    signal: AbortSignal.timeout(10_000),
    deadlineAt: performance.now() + 10_000,
    trace,
    wanted: (type) => selected.get(type) ?? new Set(),
  });
  const { data = null, errors = [] }: ExecutionResult = await execute({
    schema,
    document,
    variableValues: variables,
    contextValue,
  });
  // Through JSON: what is compared is what a client would get.
  return {
    data: JSON.parse(JSON.stringify(data)) as Answer['data'],
    errors: errors.map(toPlainError),
    calls: trace.calls,
  };
}

const toPlainError = ({ message, path = [], extensions }: GraphQLError) => ({
  code: extensions['code'],
  message,
  path: path.join('.'),
  ...(extensions['retryAfter'] !== undefined && { retryAfter: extensions['retryAfter'] }),
  ...(Array.isArray(extensions['field']) && { field: extensions['field'].join('.') }),
});
