import type { GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import { GraphQLError, Kind, type OperationDefinitionNode } from 'graphql';

/**
 * The operation that a request is about. Apollo Server answers with 500 behind a gateway where there is none.
 * @throws GraphQLError
 */
export function requireOperation<Context extends object>(
  asked: GraphQLRequestContextDidResolveOperation<Context>,
): OperationDefinitionNode {
  const { operation, request, document } = asked;
  if (operation !== undefined) return operation;
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION ? [definition.name?.value ?? 'an unnamed one'] : [],
  );
  const came = request.operationName == null ? 'none' : JSON.stringify(request.operationName);
  const message = `operationName must name one of the document's operations (${names.join(', ')}), but is ${came}.`;
  throw new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE', http: { status: 400 } } });
}
