import { hash } from 'node:crypto';
import type { CacheInvalidation } from '../../../events/cache-invalidation.ts';
import { isAfter } from '../../../events/log/position.ts';
import {
  ANY_FIELD,
  areOfKnownAge,
  type LogPlace,
  type OlderRead,
} from '../../../request/cache-tags.ts';
import type { DependencyTable } from '../../../subgraphs/dependencies.ts';
import type {
  DependenciesBySubgraph,
  PublishedDependencies,
} from '../../../subgraphs/published-dependencies.ts';
import type { GuardedGraph } from '../../access/fields/field-access.ts';
import type { AccessDecision, Graph } from '../../operation/graph.ts';
import type { PreparedOperation, Variables } from '../../operation/prepared-operation.ts';
import { readVariables } from '../../operation/variable-values.ts';
import type { ServedContext } from '../served-context.ts';
import {
  formatEntityTag,
  matchesAnyTag,
  readEntityTags,
  type TaggedResponse,
} from './entity-tag.ts';
import {
  createDependencies,
  type DependenciesOf,
  type OperationDependencies,
} from './operation-dependencies.ts';

/** Checks whether a response is still current. */
export interface ConditionalSources {
  readonly invalidation: Pick<CacheInvalidation, 'placeOf' | 'isUnchanged' | 'isHealthy'>;
  /** The vendors of the embedded subgraphs, by subgraph. */
  readonly vendors: ReadonlyMap<string, string>;
  /** The dependencies of subgraph services. @default responses with their fields have no tag */
  readonly services?: Pick<PublishedDependencies, 'current'>;
}

export interface ConditionalOptions {
  readonly graph: Graph;
  readonly accessTo: GuardedGraph['accessTo'];
  readonly revision: string;
  readonly audience: string | undefined;
  /** Of the subgraphs in this process, by their names. @default none */
  readonly dependencies?: ReadonlyMap<string, DependencyTable> | undefined;
  readonly sources: ConditionalSources;
}

/**
 * Responds to conditional GET requests without a vendor call while the vendors' events report no change of the response: RFC 9110,
 * section 13.
 */
export class ConditionalRequests {
  readonly #options: ConditionalOptions;
  #known: KnownDependencies;

  constructor(options: ConditionalOptions) {
    this.#options = options;
    this.#known = knownDependencies(options, options.sources.services?.current ?? NO_SERVICES);
  }

  /** @returns undefined if the response can change without an event, or a vendor's events are not healthy */
  async begin(
    operation: PreparedOperation,
    variables: Variables,
    context: ServedContext,
  ): Promise<ConditionalRequest | undefined> {
    const { graph, sources } = this.#options;
    const { coerced } = readVariables(graph.schema, operation.operation, variables);
    if (coerced === undefined) return undefined;
    const known = this.#knownNow();
    const dependencies = known.dependenciesOf(operation, coerced);
    if (dependencies === undefined) return undefined;
    const vendors = [...dependencies.subgraphs].map((name) => known.vendors.get(name));
    // If a vendor's events do not arrive, their absence means nothing.
    const isCurrent = (vendor: string | undefined) =>
      vendor !== undefined && sources.invalidation.isHealthy(vendor);
    if (!vendors.every(isCurrent)) return undefined;
    const place = await sources.invalidation.placeOf(context.scope);
    if (place === undefined) return undefined;
    const access = await this.#options.accessTo(operation, context.caller);
    const digest = this.#digest(operation, coerced, access);
    const { invalidation } = sources;
    const all = [...known.vendors.values()];
    return new ConditionalRequest({
      invalidation,
      vendors: all,
      dependencies,
      access,
      digest,
      place,
    });
  }

  /** Services can begin, end and change their dependencies. */
  #knownNow(): KnownDependencies {
    const services = this.#options.sources.services?.current ?? NO_SERVICES;
    if (services !== this.#known.services) this.#known = knownDependencies(this.#options, services);
    return this.#known;
  }

  #digest(operation: PreparedOperation, variables: Variables, access: AccessDecision): string {
    const { revision, audience = null } = this.#options;
    const parts = [operation.hash, operation.name, variables, access.name, audience, revision];
    return hash('sha256', JSON.stringify(parts), 'base64url').slice(0, DIGEST_LENGTH);
  }
}

interface KnownDependencies {
  /** What services have published. */
  readonly services: DependenciesBySubgraph;
  /** By the subgraphs' names. */
  readonly vendors: ReadonlyMap<string, string>;
  readonly dependenciesOf: DependenciesOf;
}

function knownDependencies(
  { graph, dependencies = new Map(), sources }: ConditionalOptions,
  services: DependenciesBySubgraph,
): KnownDependencies {
  const published = [...services];
  const vendors = published.map(([name, { vendor }]) => [name, vendor] as const);
  const tables = published.map(([name, { table }]) => [name, table] as const);
  return {
    services,
    vendors: new Map([...vendors, ...sources.vendors]),
    dependenciesOf: createDependencies(graph, new Map([...tables, ...dependencies])),
  };
}

const NO_SERVICES: DependenciesBySubgraph = new Map();

/** 132 bits: collisions are infeasible. */
const DIGEST_LENGTH = 22;

interface RequestOptions {
  readonly invalidation: ConditionalSources['invalidation'];
  readonly vendors: readonly string[];
  readonly dependencies: OperationDependencies;
  readonly access: AccessDecision;
  readonly digest: string;
  /** The head of the log when the request began. */
  readonly place: LogPlace;
}

/** A GET request whose response can have an entity tag. */
export class ConditionalRequest {
  readonly #options: RequestOptions;

  constructor(options: RequestOptions) {
    this.#options = options;
  }

  /** The caller's access, on which the tag depends. */
  get access(): AccessDecision {
    return this.#options.access;
  }

  /** @returns the tag of the client's response if it has not changed */
  findUnchanged(ifNoneMatch: string | undefined): string | undefined {
    if (ifNoneMatch === undefined) return undefined;
    const found = readEntityTags(ifNoneMatch).find((tag) => this.#isUnchanged(tag));
    return found && formatEntityTag(found);
  }

  /** Whether the condition is `*`, which any response matches. */
  matchesAny(ifNoneMatch: string | undefined): boolean {
    return ifNoneMatch !== undefined && matchesAnyTag(ifNoneMatch);
  }

  /**
   * The tag of the response to this request.
   * @returns undefined if changes from before the request can be missing in it
   */
  tagOfResponse(reads: readonly OlderRead[]): string | undefined {
    return areOfKnownAge(reads, this.#options.place.log) ? this.tag() : undefined;
  }

  /** The tag of a response that shows all changes from before this request. */
  tag(): string {
    const { digest, place: requestedAt } = this.#options;
    return formatEntityTag({ digest, requestedAt });
  }

  #isUnchanged({ digest, requestedAt }: TaggedResponse): boolean {
    const { place, dependencies, vendors, invalidation } = this.#options;
    if (digest !== this.#options.digest) return false;
    const ageMs = place.time - requestedAt.time;
    if (requestedAt.log !== place.log || ageMs < 0 || ageMs > MAX_AGE_MS) return false;
    if (isAfter(requestedAt.position, place.position)) return false;
    const lists = [...dependencies.types].map((type) => ({
      type,
      dependsOn: [ANY_FIELD],
      lagMs: ANY_LAG_MS,
    }));
    return vendors.every((vendor) =>
      invalidation.isUnchanged(vendor, { records: [], lists }, requestedAt),
    );
  }
}

/** Changes without an event become visible after this time. */
const MAX_AGE_MS = 300_000;

/** Changes contain the lag of searches. Any value above zero here takes it into account. */
const ANY_LAG_MS = 1;
