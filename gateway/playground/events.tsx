import { useGraphiQL } from '@graphiql/react';
import type { ReactNode } from 'react';
import { hueOf } from './hue.ts';
import type { Access } from './use-api-key.ts';
import { type RecordEvent, useEvents } from './use-events.ts';

export interface EventsProps {
  readonly isOpen: boolean;
  readonly access: Access;
}

/** The changes of records from the gateway, newest first. */
export function Events({ isOpen, access }: EventsProps) {
  const schema = useGraphiQL((state) => state.schema);
  const { events, problem, lost } = useEvents({ isOpen, schema, access });
  if (!isOpen) return null;
  return (
    <section className="events" aria-label="Events">
      {problem !== undefined && <Problem>{problem}</Problem>}
      {lost !== undefined && <Problem>{lost} Connecting again…</Problem>}
      {events.length > 0 ? <EventTable events={events} /> : <p className="events-empty">{EMPTY}</p>}
    </section>
  );
}

const Problem = ({ children }: { readonly children: ReactNode }) => (
  <p className="events-problem" role="alert">
    {children}
  </p>
);

const EMPTY = 'No events yet. Run a mutation, or start with SANDBOX_EVENTS=busy.';

const EventTable = ({ events }: { readonly events: readonly RecordEvent[] }) => (
  <table>
    <thead>
      <tr>
        <th>Time</th>
        <th>Type</th>
        <th>Kind</th>
        <th>Id</th>
      </tr>
    </thead>
    <tbody>
      {events.map(({ key, at, type, kind, id }) => (
        <tr key={key} data-hue={hueOf(type)}>
          <td>
            <time dateTime={at} title={at}>
              {new Date(at).toLocaleTimeString()}
            </time>
          </td>
          <td className="events-type">{type}</td>
          <td>{kind.toLowerCase()}</td>
          <td className="events-id">
            <code>{id}</code>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
