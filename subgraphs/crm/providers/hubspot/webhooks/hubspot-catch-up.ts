import type { NewEvent } from '../../../../../events/change.ts';
import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import {
  MAX_SEARCH_PAGE,
  MAX_SEARCH_RESULTS,
  searchRecords,
  type StandardType,
} from '../hubspot-endpoints.ts';
import type { WireRecord } from '../hubspot-wire.ts';
import { ALL_CHANGED } from './hubspot-changes.ts';
import { toChange } from './hubspot-events.ts';

/**
 * Finds the records that have changed since a time, by HubSpot's search. It does not find deleted records, and associations only where they
 * change a property.
 * @param since milliseconds since 1970, by HubSpot's clock
 * @throws CodedError
 */
export async function* findChangesSince(
  since: number,
  client: HubspotClient,
  scope: RequestScope,
): AsyncIterable<readonly NewEvent[]> {
  // Requests of clients come first.
  const background = { ...scope, isBackground: true };
  for (const kind of KINDS)
    for await (const records of modifiedRecords(kind, since, client, background))
      yield records.map((record) => toEvent(kind, record, since));
}

interface RecordKind {
  readonly path: StandardType;
  readonly type: 'Customer' | 'Company' | 'Deal';
  /** The property that says when a record was changed. */
  readonly modified: string;
}

const KINDS: readonly RecordKind[] = [
  { path: 'contacts', type: 'Customer', modified: 'lastmodifieddate' },
  { path: 'companies', type: 'Company', modified: 'hs_lastmodifieddate' },
  { path: 'deals', type: 'Deal', modified: 'hs_lastmodifieddate' },
];

/** Each search reaches ten thousand results, so the next one begins where it ends: a record may come twice. */
async function* modifiedRecords(
  { path, modified }: RecordKind,
  since: number,
  client: HubspotClient,
  scope: RequestScope,
): AsyncIterable<readonly WireRecord[]> {
  const search = (from: number, after: string | undefined) => {
    const filters = [{ propertyName: modified, operator: 'GTE' as const, value: String(from) }];
    const query = {
      limit: MAX_SEARCH_PAGE,
      after,
      properties: [modified],
      filterGroups: [{ filters }],
      sorts: [{ propertyName: modified, direction: 'ASCENDING' as const }],
    };
    return client.send(searchRecords(path, query), scope);
  };
  let from = since;
  let after: string | undefined;
  let read = 0;
  for (;;) {
    const page = await search(from, after);
    yield page.results;
    read += page.results.length;
    after = page.paging?.next?.after;
    if (after === undefined) return;
    if (read < MAX_SEARCH_RESULTS) continue;
    const last = Math.max(...page.results.map(({ updatedAt }) => Date.parse(updatedAt)));
    // What changed more than ten thousand records in one millisecond is beyond HubSpot's search.
    from = Math.max(last, from + 1);
    [after, read] = [undefined, 0];
  }
}

function toEvent({ type }: RecordKind, record: WireRecord, since: number): NewEvent {
  const at = Date.parse(record.updatedAt);
  const kind = Date.parse(record.createdAt) >= since ? 'CREATED' : 'UPDATED';
  return {
    // The same state that is found twice is stored once.
    key: `hubspot:found:${type}:${record.id}:${String(at)}`,
    changes: [
      toChange(
        { type, id: record.id, kind, related: [], changed: ALL_CHANGED[type] },
        at,
        'catch-up',
      ),
    ],
  };
}
