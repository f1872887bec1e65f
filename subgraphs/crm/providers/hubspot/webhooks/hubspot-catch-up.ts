import type { NewEvent } from '../../../../../events/change.ts';
import type { RequestScope } from '../../../../../request/request-scope.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import {
  MAX_SEARCH_PAGE,
  type SearchFilter,
  searchRecords,
  type StandardType,
} from '../hubspot-endpoints.ts';
import type { WireRecord } from '../hubspot-wire.ts';
import { ALL_CHANGED } from './hubspot-changes.ts';
import { toChange } from './hubspot-events.ts';

/**
 * Finds the records that have changed since a time, by HubSpot's search. It does not find deleted records. It finds associations only if they
 * change a property. Types of records that the key may not read are left out, unless it may read none. A type whose permission is removed while it is
 * read is an error, so that the next attempt decides.
 * @param since milliseconds since 1970, by HubSpot's clock
 * @throws CodedError
 */
export async function* findChangesSince(
  since: number,
  client: HubspotClient,
  scope: RequestScope,
): AsyncIterable<readonly NewEvent[]> {
  // Requests of clients have priority.
  const background = { ...scope, isBackground: true };
  const forbidden: unknown[] = [];
  for (const kind of KINDS) {
    let hasBegun = false;
    try {
      for await (const records of modifiedRecords(kind, since, client, background)) {
        hasBegun = true;
        yield records.flatMap((record) => toEvents(kind, record, since));
      }
    } catch (error) {
      // What the key may not read, no new response has either.
      if (hasBegun || !(error instanceof UpstreamError && error.status === 403)) throw error;
      forbidden.push(error);
    }
  }
  if (forbidden.length === KINDS.length) throw forbidden[0];
}

interface RecordKind {
  readonly path: StandardType;
  readonly type: 'Customer' | 'Company' | 'Deal';
  /** The property with the time of the last change. */
  readonly modified: string;
}

const KINDS: readonly RecordKind[] = [
  { path: 'contacts', type: 'Customer', modified: 'lastmodifieddate' },
  { path: 'companies', type: 'Company', modified: 'hs_lastmodifieddate' },
  { path: 'deals', type: 'Deal', modified: 'hs_lastmodifieddate' },
];

/**
 * Each page is a new search that starts at the end of the previous page. Offsets would skip records: one that changes meanwhile moves to the
 * end, and those between move up. A record may be repeated.
 */
async function* modifiedRecords(
  { path, modified }: RecordKind,
  since: number,
  client: HubspotClient,
  scope: RequestScope,
): AsyncIterable<readonly WireRecord[]> {
  const search = (filters: readonly SearchFilter[], sortedBy: string) =>
    client.send(
      searchRecords(path, {
        limit: MAX_SEARCH_PAGE,
        after: undefined,
        properties: [modified],
        filterGroups: [{ filters }],
        sorts: [{ propertyName: sortedBy, direction: 'ASCENDING' }],
      }),
      scope,
    );
  /** Records of one millisecond, by id: an import can change more than a page at once. */
  async function* modifiedAt(time: number): AsyncIterable<readonly WireRecord[]> {
    for (let after = '0'; ;) {
      const at = { propertyName: modified, operator: 'EQ', value: String(time) } as const;
      const next = { propertyName: ID, operator: 'GT', value: after } as const;
      const { results, paging } = await search([at, next], ID);
      yield results;
      const last = results.at(-1)?.id;
      if (paging?.next === undefined || last === undefined || last === after) return;
      after = last;
    }
  }

  for (let from = since; ;) {
    const filter = { propertyName: modified, operator: 'GTE', value: String(from) } as const;
    const { results, paging } = await search([filter], modified);
    yield results;
    if (paging?.next === undefined) return;
    const last = Math.max(...results.map((record) => modifiedTime(record, modified)));
    if (last > from) from = last;
    else {
      yield* modifiedAt(from);
      from += 1;
    }
  }
}

const ID = 'hs_object_id';

/** The sort key of the search. */
const modifiedTime = ({ properties, updatedAt }: WireRecord, modified: string): number =>
  Date.parse(properties[modified] ?? '') || Date.parse(updatedAt);

/** A creation, an update, or both. The keys make repeated finds duplicates. */
function toEvents({ type }: RecordKind, record: WireRecord, since: number): readonly NewEvent[] {
  const [createdAt, updatedAt] = [Date.parse(record.createdAt), Date.parse(record.updatedAt)];
  const toEvent = (kind: 'CREATED' | 'UPDATED', at: number, key: string): NewEvent => ({
    key: `hubspot:${key}`,
    changes: [
      toChange(
        { type, id: record.id, kind, related: [], changed: ALL_CHANGED[type] },
        at,
        'catch-up',
      ),
    ],
  });
  const name = `${type}:${record.id}`;
  const created = toEvent('CREATED', createdAt, `created:${name}`);
  const updated = toEvent('UPDATED', updatedAt, `found:${name}:${String(updatedAt)}`);
  if (createdAt < since) return [updated];
  return updatedAt > createdAt ? [created, updated] : [created];
}
