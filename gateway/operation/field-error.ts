import {
  type ASTNode,
  type FieldNode,
  GraphQLError,
  locatedError,
  type SourceLocation,
} from 'graphql';

type Path = readonly (string | number)[];

/**
 * An error at a field of an answer, located as graphql-js locates it: where the document selects the field, unless the error says more
 * exactly what it is about, such as an argument's value.
 * @param nodes all that select the field; the same list for the same field
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
 * Gives an error the locations of nodes. Finding a line takes time in proportion to the text, so it is done once for a list of nodes, not
 * for each item of a list that fails.
 */
export function locate(error: GraphQLError, nodes: readonly ASTNode[]): GraphQLError {
  const locations = LOCATIONS.get(nodes) ?? new GraphQLError('', { nodes }).locations;
  if (locations === undefined) return error;
  LOCATIONS.set(nodes, locations);
  return Object.assign(error, { nodes, locations });
}

const LOCATIONS = new WeakMap<readonly ASTNode[], readonly SourceLocation[]>();
