import { readFileSync } from 'node:fs';
import { buildSchema, type OperationDefinitionNode, print } from 'graphql';
import { type AccessTable, readAccessTable } from './access-table.ts';
import {
  inInlineFragments,
  inNamedFragments,
  underOtherNames,
  withTypeNames,
  withVariables,
} from './forms.ts';
import { allWays, fieldByField } from './operations.ts';
import { WAYS, WAYS_OF_CHANGES } from './ways.ts';

export const readSdl = (name: string) =>
  readFileSync(new URL(`../../../../schema/${name}.graphql`, import.meta.url), 'utf8');

const SCHEMA = buildSchema(readSdl('api'));

/** Of the whole graph. */
export const TABLE = readAccessTable(SCHEMA, readSdl('supergraph'));

export interface Form {
  /** What is asked for, in fields alone. */
  readonly operation: OperationDefinitionNode;
  /** How it is written. */
  readonly text: string;
  /** Whether callers with any two scopes ask in this form too. @default false */
  readonly everyCaller?: boolean;
}

const plainly = (operation: OperationDefinitionNode): Form => ({
  operation,
  text: print(operation),
});

/** All ways to the protected fields of a graph, in all forms. */
export function formsOf(table: AccessTable, ways = WAYS, waysOfChanges = WAYS_OF_CHANGES) {
  const query = allWays('query', ways, table);
  const typed = withTypeNames(query);
  const allAtOnce: Form = { ...plainly(query), everyCaller: true };
  const queries: readonly (readonly [string, Form])[] = [
    ['each on its own', { ...plainly(fieldByField(fewOf(ways), table)), everyCaller: true }],
    ['all of a type at once', allAtOnce],
    ['beside what anybody may see', plainly(typed)],
    ['under other names', plainly(underOtherNames(typed))],
    ['in inline fragments', { operation: typed, text: inInlineFragments(typed, table.schema) }],
    ['in named fragments', { operation: query, text: inNamedFragments(query, table.schema) }],
    ['where variables include them', { operation: typed, text: withVariables(typed) }],
  ];
  return { allAtOnce, queries, changes: plainly(allWays('mutation', waysOfChanges, table)) };
}

/** The first two ways to each type: there are many fields. */
const fewOf = (ways: typeof WAYS) =>
  Object.fromEntries(Object.entries(ways).map(([type, each]) => [type, each.slice(0, 2)]));

export const { allAtOnce: ALL_AT_ONCE, queries: QUERIES, changes: CHANGES } = formsOf(TABLE);

/** Room for all ways at once. */
export const LIMITS = {
  MAX_BODY_BYTES: '16000000',
  MAX_QUERY_TOKENS: '40000',
  MAX_QUERY_SELECTIONS: '20000',
  MAX_QUERY_ALIASES: '20000',
  MAX_QUERY_ROOT_FIELDS: '1000',
  MAX_QUERY_DIRECTIVES: '10000',
  MAX_OPERATION_COST: '1000000000',
  MAX_VENDOR_CALLS: '1000000',
  REQUEST_TIMEOUT_MS: '60000',
};
