import type { GatewayExecutor, GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface';
import {
  type DocumentNode,
  type FormattedExecutionResult,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import type { GatewayContext } from '../../gateway/request-context.ts';
import { createCallTrace } from '../../upstream/call-trace.ts';

export type Run = (query: string, variables?: Record<string, unknown>, context?: GatewayContext) => Promise<FormattedExecutionResult>;

/** Runs operations on a gateway without a server around it. */
export async function runnerFor(gateway: GatewayInterface): Promise<{ readonly run: Run; readonly schema: GraphQLSchema }> {
  const schemas: GraphQLSchema[] = [];
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => schemas.push(apiSchema));
  const { executor } = await gateway.load({ apollo: {} });
  const schema = schemas[0];
  if (executor === null || schema === undefined) throw new Error('the gateway did not load');
  // As a server does: who sends the same text again gets the same document, and what is remembered with it.
  const documents = new Map<string, DocumentNode>();
  const read = (query: string) => {
    const document = documents.get(query) ?? readValid(schema, query);
    documents.set(query, document);
    return document;
  };
  return {
    schema,
    run: (query, variables = {}, context = createContext()) => runOn(executor, schema, query, read(query), variables, context),
  };
}

function createContext(): GatewayContext {
  return { scope: { signal: new AbortController().signal, trace: createCallTrace() } };
}

function readValid(schema: GraphQLSchema, query: string): DocumentNode {
  const document = parse(query);
  const invalid = validate(schema, document);
  if (invalid.length > 0) throw new Error(`${query}\n${invalid.map(String).join('\n')}`);
  return document;
}

async function runOn(
  executor: GatewayExecutor,
  schema: GraphQLSchema,
  query: string,
  document: DocumentNode,
  variables: Record<string, unknown>,
  context: GatewayContext,
) {
  const operation = document.definitions.find((one): one is OperationDefinitionNode => one.kind === Kind.OPERATION_DEFINITION);
  const request = {
    request: { query, variables },
    document,
    operation,
    operationName: operation?.name?.value ?? null,
    schema,
    context,
    source: query,
    queryHash: query,
    metrics: {},
    // What else the interface has, Apollo's gateway and ours do without.
  } as unknown as GatewayGraphQLRequestContext;
  // Apollo's gateway gives objects without a prototype; JSON is what travels.
  return JSON.parse(JSON.stringify(await executor(request))) as FormattedExecutionResult;
}
