import {
  type ASTNode,
  type FieldNode,
  GraphQLError,
  locatedError,
  type SourceLocation,
} from 'graphql';

type Path = readonly (string | number)[];

/**
 * An error of a response field, with the locations that graphql-js reports: the selections of the field, or a more specific location from the
 * error, such as an argument's value.
 * @param nodes all selections of the field; the same list for the same field
 */
export function fieldError(thrown: unknown, nodes: readonly FieldNode[], path: Path): GraphQLError {
  if (!isUnlocated(thrown)) return locatedError(thrown, nodes, path);
  return locate(new GraphQLError(thrown.message, { path, originalError: thrown }), nodes);
}

const isUnlocated = (thrown: unknown): thrown is Error =>
  thrown instanceof Error &&
  (!(thrown instanceof GraphQLError) ||
    (thrown.path ?? thrown.nodes ?? thrown.source) === undefined);

/**
 * Sets an error's locations to those of nodes. Finding a line takes time proportional to the document, so the result is cached for each list
 * of nodes and not computed for each failed item.
 */
export function locate(error: GraphQLError, nodes: readonly ASTNode[]): GraphQLError {
  const locations = LOCATIONS.get(nodes) ?? new GraphQLError('', { nodes }).locations;
  if (locations === undefined) return error;
  LOCATIONS.set(nodes, locations);
  return Object.assign(error, { nodes, locations });
}

const LOCATIONS = new WeakMap<readonly ASTNode[], readonly SourceLocation[]>();
