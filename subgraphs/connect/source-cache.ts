import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { CachePolicy } from '../../upstream/upstream-policy.ts';
import type { AnyRequest } from '../../upstream/upstream-request.ts';
import type { Connector, Source } from './connector-file.ts';
import { usesOf } from './mapping/mapping.ts';
import type { SourceCache } from './source-policy.ts';
import { requestMappings } from './used-variables.ts';

/**
 * The cache policy of a source.
 * @param credential the current credential
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

/** Seconds by connector name, with a default, as a reload may add connectors. */
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

/** A connector's name in a policy: `Query.order`, or `Order` for those on a type. */
const cachedName = ({ type, field }: Pick<Connector, 'type' | 'field'>): string =>
  field === undefined ? type : `${type}.${field}`;

/**
 * A request's reader starts with the name of its connector, with a number for one on a type; the values that determine how it is read
 * follow.
 */
const nameOf = ({ reader = '' }: AnyRequest) => reader.split(/[# ]/, 1).join();

/** @returns names in the policy without a connector to its source: a sentence each, which continues the name of the source */
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

/** The caller that a cached response is limited to: undefined for all, if the call does not depend on the client's request. */
export function cachedForOf(connector: Connector): (scope: RequestScope) => string | undefined {
  const { source, request } = connector;
  const isForwarding = [...source.request.headers, ...request.headers].some(
    (header) => 'from' in header,
  );
  const usesRequest = requestMappings(connector).some(({ mapping }) =>
    usesOf(mapping).some(({ variable }) => OF_THE_CALLER.has(variable)),
  );
  // Without a caller, only header values distinguish clients: they are part of the request, and so of its key.
  return isForwarding || usesRequest
    ? ({ callerId = ANONYMOUS_CALLER.id }) => callerId
    : () => undefined;
}

const OF_THE_CALLER = new Set(['$request', '$context']);
