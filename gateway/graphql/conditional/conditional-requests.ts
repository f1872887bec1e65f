import { hash } from 'node:crypto';
import type { ChangeLog, LogHead } from '../../../events/change-log.ts';
import type { LogTail } from '../../../events/log-tail.ts';
import { isAfter } from '../../../events/position.ts';
import type { DependencyTable } from '../../../subgraphs/dependencies.ts';
import type { Graph } from '../../operation/graph.ts';
import type { PreparedOperation, Variables } from '../../operation/prepared-operation.ts';
import { readVariables } from '../../operation/variable-values.ts';
import type { ServedContext } from '../served-context.ts';
import {
  type AskedAt,
  formatEntityTag,
  readEntityTags,
  type TaggedResponse,
} from './entity-tag.ts';
import { createDependencies, type OperationDependencies } from './operation-dependencies.ts';

/** What tells whether a response is still as it was. */
export interface ConditionalSources {
  readonly log: ChangeLog;
  readonly tail: LogTail;
  /** Whether any record of some types has changed since; changes of more than a quarter of an hour ago need not be known. */
  readonly changedSince: (types: ReadonlySet<string>, asked: AskedAt) => boolean;
  /** Whether the events of a subgraph's vendor arrive, so that their absence says something. */
  readonly isCurrent: (subgraph: string) => boolean;
}

export interface ConditionalOptions {
  /** With `accessDecision`, where callers differ in what they see. */
  readonly graph: Graph;
  readonly revision: string;
  readonly audience: string | undefined;
  readonly dependencies: ReadonlyMap<string, DependencyTable>;
  readonly sources: ConditionalSources;
}

/**
 * Answers GET requests for a response that the client has already, without a call to a vendor, while the vendors' events say that nothing of it
 * has changed: RFC 9110, section 13.
 */
export class ConditionalRequests {
  readonly #options: ConditionalOptions;
  readonly #dependenciesOf: ReturnType<typeof createDependencies>;

  constructor(options: ConditionalOptions) {
    this.#options = options;
    this.#dependenciesOf = createDependencies(options.graph, options.dependencies);
  }

  /** @returns undefined where the response can change without an event, or events cannot be relied on now */
  async begin(
    operation: PreparedOperation,
    variables: Variables,
    context: ServedContext,
  ): Promise<ConditionalRequest | undefined> {
    const { graph, sources } = this.#options;
    const { coerced } = readVariables(graph.schema, operation.operation, variables);
    if (coerced === undefined) return undefined;
    const dependencies = this.#dependenciesOf(operation, coerced);
    if (dependencies === undefined) return undefined;
    if (![...dependencies.subgraphs].every(sources.isCurrent)) return undefined;
    const head = await readHead(sources);
    if (head === undefined) return undefined;
    const digest = await this.#digest(operation, coerced, context);
    return new ConditionalRequest({ sources, dependencies, digest, head });
  }

  async #digest(
    operation: PreparedOperation,
    variables: Variables,
    { caller }: ServedContext,
  ): Promise<string> {
    const { graph, revision, audience = null } = this.#options;
    const decision = (await graph.accessDecision?.(operation, caller)) ?? '';
    const decisive = [operation.hash, operation.name, variables, decision, audience, revision];
    return hash('sha256', JSON.stringify(decisive), 'base64url').slice(0, DIGEST_LENGTH);
  }
}

/** 132 bits: nobody finds two requests with one digest. */
const DIGEST_LENGTH = 22;

/** The head of the log, once this process knows of all changes up to it; undefined where that takes too long. */
async function readHead({ log, tail }: ConditionalSources): Promise<LogHead | undefined> {
  try {
    const head = await log.head();
    return (await tail.reach(head.position, REACH_MS)) ? head : undefined;
  } catch {
    return undefined;
  }
}

const REACH_MS = 500;

interface RequestOptions {
  readonly sources: ConditionalSources;
  readonly dependencies: OperationDependencies;
  readonly digest: string;
  /** When the request began. */
  readonly head: LogHead;
}

/** A GET request whose response can be named by a tag. */
export class ConditionalRequest {
  readonly #options: RequestOptions;

  constructor(options: RequestOptions) {
    this.#options = options;
  }

  /** @returns the tag of a response that the client has and that has not changed */
  findUnchanged(ifNoneMatch: string | undefined): string | undefined {
    if (ifNoneMatch === undefined) return undefined;
    const found = readEntityTags(ifNoneMatch).find((tag) => this.#isUnchanged(tag));
    return found && formatEntityTag(found);
  }

  /** The tag of the response that is made for this request. */
  tag(): string {
    const { digest, head } = this.#options;
    const { log, position, time } = head;
    return formatEntityTag({ digest, asked: { log, position, time } });
  }

  #isUnchanged({ digest, asked }: TaggedResponse): boolean {
    const { head, dependencies, sources } = this.#options;
    return (
      digest === this.#options.digest &&
      asked.log === head.log &&
      !isAfter(head.floor, asked.position) &&
      !isAfter(asked.position, head.position) &&
      asked.time <= head.time &&
      head.time - asked.time <= MAX_AGE_MS &&
      !sources.changedSince(dependencies.types, asked)
    );
  }
}

/** What no event has told of is seen after this time. */
const MAX_AGE_MS = 300_000;
