import type { ApolloServerPlugin } from '@apollo/server';
import { type ASTVisitor, GraphQLError, Kind, type OperationDefinitionNode, type ValidationContext } from 'graphql';

/** Refuses operations of a kind that the schema has no root type for; graphql-js 16 finds out only at their execution. */
export function KnownOperationTypesRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node: OperationDefinitionNode) {
      if (context.getSchema().getRootType(node.operation) != null) return;
      context.reportError(new GraphQLError(`This graph has no ${node.operation} operations.`, { nodes: node }));
    },
  };
}

/** Refuses selections so deep that their execution could exhaust the stack. */
export function SelectionDepthRule(context: ValidationContext): ASTVisitor {
  let depth = 0;
  return {
    SelectionSet: {
      enter(node) {
        depth += 1;
        if (depth !== MAX_DEPTH + 1) return;
        context.reportError(new GraphQLError(`Selections must nest at most ${String(MAX_DEPTH)} levels deep.`, { nodes: node }));
      },
      leave() {
        depth -= 1;
      },
    },
  };
}

const MAX_DEPTH = 100;

/** Refuses a request that does not say which operation to run; Apollo Server answers that with 500 behind a gateway. */
export const operationResolution: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      didResolveOperation({ operation, request, document }) {
        if (operation !== undefined) return Promise.resolve();
        const names = document.definitions.flatMap((definition) =>
          definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value ?? 'an unnamed one'] : [],
        );
        const came = request.operationName == null ? 'none' : JSON.stringify(request.operationName);
        const message = `operationName must name one of the document's operations (${names.join(', ')}), but is ${came}.`;
        return Promise.reject(new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } } }));
      },
    }),
};

/**
 * A client that reads only `application/json` cannot tell a GraphQL answer with status 400 from one by something in
 * between: such answers have status 200. See "application/json" in the GraphQL over HTTP specification, 6.4.1.
 * A client that accepts anything gets the status that says most.
 */
export const plainJsonStatus: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ request, response, errors }) {
        const accept = request.http?.headers.get('accept') ?? '';
        const plain = accept.includes('application/json') && !accept.includes('application/graphql-response+json');
        const refused = errors?.every(({ extensions }) => REFUSALS.has(extensions['code'])) ?? false;
        if (plain && refused && response.http.status === 400) response.http.status = 200;
        return Promise.resolve();
      },
    }),
};

const REFUSALS: ReadonlySet<unknown> = new Set(['GRAPHQL_PARSE_FAILED', 'GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);
