import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { CachePolicy } from '../../upstream/upstream-policy.ts';
import type { AnyRequest } from '../../upstream/upstream-request.ts';
import type { Connector, Source } from './connector-file.ts';
import { usesOf } from './mapping/mapping.ts';
import type { SourceCache } from './source-policy.ts';
import { requestMappings } from './used-variables.ts';

/**
 * How the responses of a source are cached.
 * @param credential is the one in use
 */
export function cachePolicyOf(
  { ttl, stale, fields }: SourceCache,
  credential: { readonly account: string },
): CachePolicy {
  return {
    get account() {
      return credential.account;
    },
    followsHeaders: true,
    kindOf: nameOf,
    freshSeconds: new TimesWithDefault(ttl, Object.entries(fields)),
    staleSeconds: new TimesWithDefault(stale),
    excludes: (request) => fields[nameOf(request)] === 0,
  };
}

/** Seconds by the names of connectors, of which a reload may bring others. */
class TimesWithDefault extends Map<string, number> {
  readonly #others: number;

  constructor(others: number, times: readonly (readonly [string, number])[] = []) {
    super(times);
    this.#others = others;
  }

  override get(name: string): number {
    return super.get(name) ?? this.#others;
  }
}

/** What a policy calls a connector: `Query.order`, or `Order` for those on a type. */
const cachedName = ({ type, field }: Pick<Connector, 'type' | 'field'>): string =>
  field === undefined ? type : `${type}.${field}`;

/** A request is read by a connector: its name, on a type with a number, and then whatever decides how it is read. */
const nameOf = ({ reader = '' }: AnyRequest) => reader.split(/[# ]/, 1).join();

/** @returns what a policy names that is no connector to its source: a sentence each, which continues the name of the source */
export function cacheProblems(
  { name, policy: { cache } }: Source,
  connectors: readonly Connector[],
): readonly string[] {
  const known = [
    ...new Set(connectors.filter(({ source }) => source.name === name).map(cachedName)),
  ];
  return Object.keys(cache?.fields ?? {})
    .filter((field) => !known.includes(field))
    .map((field) => `has a time for ${field}, which has no connector to it (${known.join(', ')})`);
}

/** For whom the response to a connector is cached: for all, or for the caller alone where the client's request takes part in the call. */
export function cachedForOf(connector: Connector): (scope: RequestScope) => string | undefined {
  const { source, request } = connector;
  const isForwarding = [...source.request.headers, ...request.headers].some(
    (header) => 'from' in header,
  );
  const usesRequest = requestMappings(connector).some(({ mapping }) =>
    usesOf(mapping).some(({ variable }) => OF_THE_CALLER.has(variable)),
  );
  // Without a caller, the values of headers are all that tells clients apart: they are part of the request, and so of its key.
  return isForwarding || usesRequest
    ? ({ callerId = ANONYMOUS_CALLER.id }) => callerId
    : () => undefined;
}

const OF_THE_CALLER = new Set(['$request', '$context']);
