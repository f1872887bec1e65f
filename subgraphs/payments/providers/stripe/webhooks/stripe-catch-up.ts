import type { NewEvent } from '../../../../../events/change.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import { PAYMENTS } from '../../../service.ts';
import { type EventStretch, listEvents } from '../endpoints/stripe-read-endpoints.ts';
import { MAX_PAGE_SIZE } from '../stripe-capabilities.ts';
import { STRIPE_EVENT_TYPES } from './stripe-event-types.ts';
import { completeEvent, type EventSource } from './stripe-completion.ts';
import { type ReadableEvent, readEvent, unreadableEvent } from './stripe-events.ts';

/**
 * Reads the events since a time, oldest first. Stripe lists them newest first, so a period is read completely before its first event is
 * returned. A period with too many events is halved.
 * @param since milliseconds since 1970, by Stripe's clock; Stripe lists the events of 30 days
 * @throws CodedError
 */
export async function* readEventsSince(
  since: number,
  source: EventSource,
): AsyncIterable<readonly NewEvent[]> {
  let from = Math.max(0, Math.floor(since / 1000));
  let to: number | undefined;
  let newest = 0;
  for (;;) {
    const read = await readPeriod({ from, to }, source);
    if ('newest' in read) {
      newest = Math.max(newest, read.newest);
      to = from + Math.max(1, Math.ceil(((to ?? newest + 1) - from) / 2));
      continue;
    }
    for (let at = 0; at < read.events.length; at += MAX_PAGE_SIZE) {
      const page = read.events.slice(at, at + MAX_PAGE_SIZE);
      yield await Promise.all(page.map((event) => completeEvent(event, source)));
    }
    if (to === undefined) return;
    const next = to + 2 * (to - from);
    from = to;
    // Past the newest event, an open end includes those created meanwhile: by Stripe's clock, not this host's.
    to = next > newest ? undefined : next;
  }
}

type ReadPeriod =
  | { readonly events: readonly ReadableEvent[] }
  /** It has too many events. The time of the newest one; seconds since 1970. */
  | { readonly newest: number };

async function readPeriod(period: EventStretch, source: EventSource): Promise<ReadPeriod> {
  const { client, scope } = source;
  const max = period.to === period.from + 1 ? MAX_IN_SECOND : MAX_EVENTS;
  const found: { readonly created: number; readonly event: ReadableEvent }[] = [];
  let [count, newest] = [0, 0];
  for (const types of TYPES_OF_LISTS) {
    let after: string | undefined;
    do {
      const { data, has_more: hasMore } = await client.send(
        listEvents(types, period, after),
        scope,
      );
      count += data.length;
      newest = Math.max(newest, data[0]?.created ?? 0);
      if (count > max) return tooMany(max, newest);
      for (const body of data) {
        const read = readEvent(body, source);
        if (read.kind === 'event') found.push({ created: body.created, event: read });
        if (read.kind === 'unreadable')
          found.push({
            created: body.created,
            event: { event: unreadableEvent(body, source), missing: undefined },
          });
      }
      after = hasMore ? data.at(-1)?.id : undefined;
    } while (after !== undefined);
  }
  // Reversed first: events of one list in the same second keep their order.
  const sorted = found.reverse().sort((one, other) => one.created - other.created);
  return { events: sorted.map(({ event }) => event) };
}

function tooMany(max: number, newest: number): ReadPeriod {
  // A second cannot be halved.
  if (max === MAX_IN_SECOND) throw new UpstreamError('UPSTREAM_CONTRACT', PAYMENTS);
  return { newest };
}

/** Some hundred bytes each. */
const MAX_EVENTS = 2000;
const MAX_IN_SECOND = 20_000;

/** https://docs.stripe.com/api/events/list#list_events-types */
const MAX_TYPES = 20;

const TYPES_OF_LISTS: readonly (readonly string[])[] = Array.from(
  { length: Math.ceil(STRIPE_EVENT_TYPES.length / MAX_TYPES) },
  (_, index) => STRIPE_EVENT_TYPES.slice(index * MAX_TYPES, (index + 1) * MAX_TYPES),
);
