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

/** Gives an error in a GraphQL answer a code of ours, and says no more than clients may know. */
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
  // Apollo Server says what is wrong with a request by its HTTP status more exactly than by its code, if it gives one at all.
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

/** graphql-js reads brackets by recursion, which ends where the stack does. */
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
 * Whether graphql-js refused an argument at run time: null in a variable with a default, where null cannot be, be it a field's or a
 * directive's. Such errors point at the argument's value; all others at a field.
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
