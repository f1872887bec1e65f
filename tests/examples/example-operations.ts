import { readdirSync, readFileSync } from 'node:fs';
import { getOperationAST, OperationTypeNode, parse } from 'graphql';

const DIRECTORY = new URL('../../examples/operations/', import.meta.url);

export interface ExampleOperation {
  readonly file: string;
  readonly name: string;
  readonly type: OperationTypeNode;
  readonly query: string;
  readonly variables: object | undefined;
}

const read = (file: string) => readFileSync(new URL(file, DIRECTORY), 'utf8');

// A cast: the file is our own.
const variables = JSON.parse(read('variables.json')) as Readonly<Record<string, object>>;

const EXAMPLES = readdirSync(DIRECTORY)
  .filter((file) => file.endsWith('.graphql'))
  .map((file): ExampleOperation => {
    const query = read(file);
    const operation = getOperationAST(parse(query));
    const name = operation?.name?.value;
    if (operation == null || name === undefined)
      throw new Error(`Expected ${file} to have one operation with a name.`);
    return { file, name, type: operation.operation, query, variables: variables[name] };
  });

/** Queries and mutations. A subscription needs a change before it sends anything. */
export const ANSWERED_EXAMPLES = EXAMPLES.filter(
  ({ type }) => type !== OperationTypeNode.SUBSCRIPTION,
);

export const EXAMPLE_SUBSCRIPTIONS = EXAMPLES.filter(
  ({ type }) => type === OperationTypeNode.SUBSCRIPTION,
);
