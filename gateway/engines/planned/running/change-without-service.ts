import { executeSync, type GraphQLFieldResolver, parse } from 'graphql';
import type { Change } from '../../../../events/change.ts';
import { occurredAt } from '../../../../subgraphs/change-resolvers.ts';
import type { FetchNode } from '../planning/plan.ts';
import type { Failure } from './failures.ts';
import { usedVariables } from './fetch-variables.ts';
import type { Data, Run } from './run.ts';

/**
 * The payload of a change whose service cannot be reached, as the embedded graph makes it while its vendor fails: the client learns which record has
 * changed, and the record itself has the error.
 * @returns undefined if the fetch is not for a change
 */
export function changeWithoutService(
  run: Run,
  fetch: FetchNode,
  failure: Failure,
): Data | undefined {
  const { change, schema } = run;
  if (fetch.takesChange !== true || change === undefined) return undefined;
  const { data, errors = [] } = executeSync({
    schema,
    document: parse(fetch.operation, { noLocation: true }),
    rootValue: change,
    variableValues: usedVariables(run, fetch),
    fieldResolver: readChange,
  });
  if (data == null) return undefined;
  for (const { path = [] } of errors) run.errors.add(failure, path);
  return data;
}

const readChange: GraphQLFieldResolver<Change, unknown> = (
  change,
  _args,
  _context,
  { fieldName, path },
) => {
  if (path.prev === undefined) return change;
  const read = KNOWN[fieldName];
  if (read !== undefined) return read(change);
  if (change.kind === 'DELETED') return null;
  throw new Error('The record cannot be read.');
};

const KNOWN: Readonly<Partial<Record<string, (change: Change) => string>>> = {
  id: ({ id }) => id,
  kind: ({ kind }) => kind,
  at: occurredAt,
};
