import { readFileSync } from 'node:fs';
import { openSubgraph } from '../open-subgraph.ts';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  execute,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  Kind,
  parse,
} from 'graphql';
import { selectedFields } from '../../../gateway/engines/selected-fields.ts';
import type { Subgraph } from '../../../subgraphs/subgraph.ts';
import { payments } from '../../../subgraphs/payments/subgraph.ts';
import { type CallRecord, createCallTrace } from '../../../request/request-scope.ts';

export const SDL = readFileSync(
  new URL('../../../schema/payments.graphql', import.meta.url),
  'utf8',
);

interface Answer {
  /** As JSON: what a client would get. */
  readonly data: Record<string, unknown> | null | undefined;
  /** `path: CODE` of each error, in order. */
  readonly errors: readonly string[];
  readonly messages: readonly string[];
  readonly calls: readonly CallRecord[];
}

export interface Graph {
  ask(source: string, variables?: Record<string, unknown>): Promise<Answer>;
  close(): Promise<void>;
}

/** The subgraph by itself, as a query of `_entities` and of its own root fields meets it. */
export function startPayments(environment: Record<string, string>): Graph {
  const subgraph = openSubgraph(payments, environment);
  const schema = buildSubgraphSchema([
    { typeDefs: parse(SDL), resolvers: subgraph.resolvers as never },
  ]);
  return {
    ask: (source, variables = {}) => ask(subgraph, schema, source, variables),
    close: () => subgraph.close(),
  };
}

async function ask(
  subgraph: Subgraph,
  schema: GraphQLSchema,
  source: string,
  variables: Record<string, unknown>,
): Promise<Answer> {
  const document = parse(source);
  const operation = document.definitions.find(
    (node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION,
  );
  if (operation === undefined) throw new Error('The test has no operation.');
  const selected = selectedFields({ schema, operation, fragments: {}, variables });
  const trace = createCallTrace();
  const contextValue = subgraph.createContext({
    signal: new AbortController().signal,
    trace,
    wanted: (type) => selected.get(type) ?? new Set(),
  });
  const answer: ExecutionResult = await execute({
    schema,
    document,
    variableValues: variables,
    contextValue,
  });
  const errors = answer.errors ?? [];
  return {
    data: JSON.parse(JSON.stringify(answer.data ?? null)) as Record<string, unknown> | null,
    errors: errors.map(
      ({ path, extensions }) => `${path?.join('.') ?? ''}: ${String(extensions['code'])}`,
    ),
    messages: errors.map(({ message }) => message),
    calls: trace.calls,
  };
}

/** A query for fields of people, given as the gateway gives them. */
export const ofCustomers = (selection: string) =>
  `query ($people: [_Any!]!) { _entities(representations: $people) { ... on Customer { ${selection} } } }`;

export const person = (
  id: string,
  billingLink: { reference?: string | null; emails?: readonly string[] | null } | null,
) => ({
  __typename: 'Customer',
  id,
  billingLink: billingLink && {
    __typename: 'BillingLink',
    reference: null,
    emails: null,
    ...billingLink,
  },
});
