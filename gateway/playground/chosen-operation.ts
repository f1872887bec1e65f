import type { FetcherParams } from '@graphiql/toolkit';
import { Kind, OperationTypeNode, parse } from 'graphql';

/** Which operation of a document runs. */
export interface ChosenOperation {
  readonly name: string | null | undefined;
  readonly isSubscription: boolean;
}

/** The only operation, whatever GraphiQL names: for a moment after another tab was chosen, it still gives the name of that of before. */
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
    // The gateway says what is wrong with it.
    return { name: operationName, isSubscription: false };
  }
}
