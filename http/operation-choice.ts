import type { GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import { GraphQLError, Kind, type OperationDefinitionNode } from 'graphql';
import { CodedError } from '../errors/coded-error.ts';

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

/**
 * Looks at a request's `operationName` before anything compares it with names, or writes it into a message.
 * @returns why it is refused; undefined where nothing stands against it, or where it is no text, which is refused as no GraphQL request.
 */
export function refuseOperationName(name: unknown): CodedError | undefined {
  if (typeof name !== 'string' || name.length <= MAX_NAME) return undefined;
  const message = `operationName must have at most ${String(MAX_NAME)} characters, but has ${String(name.length)}.`;
  return new CodedError('OPERATION_RESOLUTION_FAILURE', message);
}

/** Characters; as many as a name in a document may have. */
const MAX_NAME = 1000;
