import type { FetcherParams } from '@graphiql/toolkit';
import { Kind, OperationTypeNode, parse } from 'graphql';

/** Which operation of a document runs. */
export interface ChosenOperation {
  readonly name: string | null | undefined;
  readonly isSubscription: boolean;
}

/** Selects the only operation, regardless of GraphiQL's name: after a change of tabs, GraphiQL still sends the previous tab's name for a moment. */
export function chosenOperation({ query, operationName }: FetcherParams): ChosenOperation {
  try {
    const { definitions } = parse(query, { noLocation: true });
    const operations = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
    const chosen =
      operations.length === 1
        ? operations[0]
        : operations.find(({ name }) => name?.value === operationName);
    return {
      name: operations.length === 1 ? chosen?.name?.value : operationName,
      isSubscription: chosen?.operation === OperationTypeNode.SUBSCRIPTION,
    };
  } catch {
    // The gateway reports syntax errors.
    return { name: operationName, isSubscription: false };
  }
}
