import { UpstreamError } from '../../../upstream/upstream-error.ts';
import {
  type Connection,
  positionRefused,
  readPageArguments,
  toConnection,
} from '../../paging/connection.ts';
import type { Variables } from '../build-request.ts';
import type { ConnectorCalls, RunningConnector } from '../connector-calls.ts';
import type { ConnectorPages } from './connector-pages.ts';
import { withPage } from './page-parameters.ts';
import type { PagesPolicy } from './pages-policy.ts';
import { type PageToken, readPlace, startOf } from './page-token.ts';
import { type ApiPage, type PagedList, pagesError, readPage } from './read-page.ts';
import { readBounded, readPart, type ReadPage } from './walk-pages.ts';

/**
 * @returns the result of a connector, with as much of a paged list as its field returns; null if a required value is null
 * @throws CodedError
 */
export const runConnector = (
  calls: ConnectorCalls,
  running: RunningConnector,
  variables: Variables,
): Promise<unknown> =>
  running.connector.pages === undefined
    ? calls.run(running, variables)
    : new PagedRead(calls, running, running.connector.pages, variables).run();

class PagedRead {
  readonly #calls: ConnectorCalls;
  readonly #running: RunningConnector;
  readonly #list: PagedList;
  readonly #resultKind: ConnectorPages['resultKind'];
  readonly #variables: Variables;

  constructor(
    calls: ConnectorCalls,
    running: RunningConnector,
    { resultKind, policy, itemsIn }: ConnectorPages,
    variables: Variables,
  ) {
    const { name, source } = running.connector;
    this.#calls = calls;
    this.#running = running;
    this.#list = { name, service: calls.service, baseUrl: source.baseUrl, policy, itemsIn };
    this.#resultKind = resultKind;
    this.#variables = variables;
  }

  async run(): Promise<unknown> {
    if (this.#resultKind === 'connection') return this.#connect();
    const found = await readBounded(this.#list, this.#read);
    if (found?.isCut === true) this.#cut(found.items.length);
    return found && found.items;
  }

  /** Reports a truncated list. A batch fails instead, as entities on unread pages would look nonexistent. */
  #cut(items: number): void {
    if (this.#resultKind === 'batch')
      throw pagesError(this.#list, 'are more than "maxPages" and "maxItems" allow for a batch.');
    this.#calls.recordCut(this.#running, items);
  }

  async #connect(): Promise<Connection<unknown> | null> {
    // The cast is safe: the check at start guarantees that the field has these arguments.
    const args = this.#variables['$args'] as PagedArguments;
    const { first = DEFAULT_FIRST, after = null, ...others } = args;
    const list = JSON.stringify([this.#list.name, sorted([others, this.#variables['$this']])]);
    const request = readPageArguments(list, { first: first ?? DEFAULT_FIRST, after });
    const from =
      request.after === undefined ? undefined : readPlace(this.#list.policy, request.after);
    if (request.after !== undefined && from === undefined) throw positionRefused('MALFORMED');
    try {
      const part = await readPart(this.#list, request, from, this.#read);
      return part && toConnection(list, request, part);
    } catch (error) {
      throw from !== undefined && isTokenRefused(error, from.token, this.#list.policy)
        ? positionRefused('EXPIRED')
        : error;
    }
  }

  readonly #read: ReadPage = async (token, size) => {
    const list = this.#list;
    const isFirst = token === startOf(list.policy);
    try {
      const page = await this.#calls.run(this.#running, this.#variablesFor(size), {
        change: (request) => withPage(request, list.policy, token, size),
        read: (value, response) => readPage(list, value, response, token, size),
      });
      // The cast is safe: it is the result of `read`.
      return (page as ApiPage | null) ?? (isFirst ? null : BEHIND_THE_LAST);
    } catch (error) {
      const isBehind = error instanceof UpstreamError && error.status === 404 && !isFirst;
      if (isBehind && isNumbered(list.policy)) return BEHIND_THE_LAST;
      throw error;
    }
  };

  /** Mappings get the size of the API's page as `$args.first`; the API cannot read the graph's cursor. */
  #variablesFor(size: number | undefined): Variables {
    if (this.#resultKind !== 'connection') return this.#variables;
    const args = this.#variables['$args'] as PagedArguments;
    return { ...this.#variables, $args: { ...args, first: size ?? null, after: null } };
  }
}

interface PagedArguments extends Readonly<Record<string, unknown>> {
  readonly first?: number | null;
  readonly after?: string | null;
}

const DEFAULT_FIRST = 20;

/** Some APIs return 404 for it. */
const BEHIND_THE_LAST: ApiPage = { items: [], next: undefined, total: undefined };

const isNumbered = ({ style }: PagesPolicy) => style === 'page' || style === 'offset';

/** A client's cursor contains the API's: one that the API refuses is invalid or has expired. */
const isTokenRefused = (error: unknown, token: PageToken, policy: PagesPolicy): boolean =>
  error instanceof UpstreamError &&
  token !== null &&
  !isNumbered(policy) &&
  error.code === 'UPSTREAM_REJECTED';

/** Makes equal values equal text, regardless of the order of fields. */
function sorted(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(sorted);
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => [name, sorted(item)]);
}
