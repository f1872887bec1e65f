import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { CodedError } from '../../errors/coded-error.ts';
import { codeOfHttpStatus } from '../server/http-status.ts';
import { originOf } from './log-errors.ts';
import {
  codedError,
  INTERNAL_ERROR,
  visibleError,
  type VisibleError,
} from '../../errors/visible-error.ts';

/** Gives an error in a GraphQL response one of our codes, and removes internal details. */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
): GraphQLFormattedError {
  const { message, extensions } = describeForClient(formatted, error);
  return {
    message,
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
    extensions: { ...extensions },
  };
}

function describeForClient(
  { message, extensions }: GraphQLFormattedError,
  error: unknown,
): VisibleError {
  const thrown = originOf(error);
  if (thrown instanceof CodedError)
    return { message: thrown.message, extensions: thrown.extensions };
  const status = httpStatusOf(error);
  // The HTTP status of Apollo Server, if any, is more exact than its code.
  const code = status === undefined || status === 400 ? undefined : codeOfHttpStatus(status);
  if (code !== undefined && code !== 'INTERNAL_SERVER_ERROR' && code !== 'BAD_REQUEST')
    return codedError(code, message);
  if (thrown instanceof RangeError && extensions?.['code'] === 'GRAPHQL_PARSE_FAILED')
    return NESTS_TOO_DEEP;
  if (extensions?.['validationErrorCode'] === 'INTROSPECTION_DISABLED') return INTROSPECTION_IS_OFF;
  const visible = visibleError(message, extensions);
  if (visible !== undefined) return visible;
  if (status !== undefined && status >= 400 && status < 500)
    return codedError('BAD_REQUEST', message);
  return isArgumentError(error) ? codedError('BAD_USER_INPUT', message) : INTERNAL_ERROR;
}

const INTROSPECTION_IS_OFF = codedError(
  'GRAPHQL_VALIDATION_FAILED',
  'Introspection is disabled on this server.',
);

/** graphql-js parses brackets by recursion, and overflows the stack. */
const NESTS_TOO_DEEP = codedError(
  'GRAPHQL_PARSE_FAILED',
  'The document is nested too deeply to be parsed.',
);

function httpStatusOf(error: unknown): number | undefined {
  const http = error instanceof GraphQLError ? error.extensions['http'] : undefined;
  return typeof http === 'object' &&
    http !== null &&
    'status' in http &&
    typeof http.status === 'number'
    ? http.status
    : undefined;
}

/**
 * Whether graphql-js refused an argument of a field or a directive at run time: null in a variable with a default, in a non-null
 * position. Such errors point at the argument's value; all others at a field.
 */
function isArgumentError(error: unknown): boolean {
  if (
    !(error instanceof GraphQLError) ||
    (error.originalError != null && !(error.originalError instanceof GraphQLError))
  )
    return false;
  const kind = error.nodes?.[0]?.kind;
  return kind !== undefined && kind !== Kind.FIELD;
}
