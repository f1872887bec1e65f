import { readFileSync } from 'node:fs';
import { buildSchema, type OperationDefinitionNode, print } from 'graphql';
import { readAccessTable } from './access-table.ts';
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

const QUERY = allWays('query', WAYS, TABLE);
const BESIDE = withTypeNames(QUERY);

export const ALL_AT_ONCE: Form = { ...plainly(QUERY), everyCaller: true };

/** The first two ways to each type: there are many fields. */
const FEW_WAYS = Object.fromEntries(
  Object.entries(WAYS).map(([type, ways]) => [type, ways.slice(0, 2)]),
);

export const QUERIES: readonly (readonly [string, Form])[] = [
  ['each on its own', { ...plainly(fieldByField(FEW_WAYS, TABLE)), everyCaller: true }],
  ['all of a type at once', ALL_AT_ONCE],
  ['beside what anybody may see', plainly(BESIDE)],
  ['under other names', plainly(underOtherNames(BESIDE))],
  ['in inline fragments', { operation: BESIDE, text: inInlineFragments(BESIDE, SCHEMA) }],
  ['in named fragments', { operation: QUERY, text: inNamedFragments(QUERY, SCHEMA) }],
  ['where variables include them', { operation: BESIDE, text: withVariables(BESIDE) }],
];

export const CHANGES = plainly(allWays('mutation', WAYS_OF_CHANGES, TABLE));

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
