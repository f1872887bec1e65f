import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  parse,
  specifiedRules,
  validate,
  type ValidationRule,
} from 'graphql';
import type { Problems } from '../../../settings/settings.ts';
import { refuseRootConditions } from '../../operation/root-conditions.ts';
import type { ListedOperation } from './manifest.ts';

/** Adds a line to `problems` for each operation that the schema refuses or that differs from its manifest entry. */
export function checkOperations(
  operations: readonly ListedOperation[],
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
  problems: Problems,
): void {
  const texts = new Map<string, string>();
  for (const operation of operations) {
    const known = texts.get(operation.id);
    texts.set(operation.id, operation.text);
    if (known === operation.text) continue;
    const found =
      known === undefined
        ? findProblem(operation, schema, rules)
        : 'is listed twice, with different documents';
    if (found !== undefined) problems.push(`PERSISTED_OPERATIONS: ${nameOf(operation)} ${found}.`);
  }
}

function findProblem(
  operation: ListedOperation,
  schema: GraphQLSchema,
  rules: readonly ValidationRule[],
): string | undefined {
  const document = read(operation.text);
  if (typeof document === 'string') return `is not valid GraphQL: ${withoutStop(document)}`;
  const condition = refuseRootConditions(document);
  if (condition !== undefined) return `is not valid: ${withoutStop(condition)}`;
  const [error] = validate(schema, document, [...specifiedRules, ...rules]);
  return error === undefined
    ? findMismatch(operation, document)
    : `does not match the schema: ${withoutStop(error.message)}`;
}

function read(text: string): DocumentNode | string {
  try {
    return parse(text);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function findMismatch(
  { name, type }: ListedOperation,
  { definitions }: DocumentNode,
): string | undefined {
  const found = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const [operation] = found;
  if (operation === undefined || found.length > 1)
    return `must have one operation, but has ${String(found.length)}`;
  const actual = `${operation.operation} ${operation.name?.value ?? 'without a name'}`;
  const expected = `${type ?? operation.operation} ${name ?? operation.name?.value ?? 'without a name'}`;
  return actual === expected ? undefined : `must be the ${expected}, but is the ${actual}`;
}

/** The name of an operation with its shortened hash: a hash alone is not readable. */
const nameOf = ({ id, name }: ListedOperation) =>
  name === undefined ? `"${id}"` : `${name} ("${id.slice(0, 12)}")`;

const withoutStop = (message: string) => message.replace(/\.$/, '');
