import { positionRefused } from '../../../../paging/connection.ts';

/** A position in one of HubSpot's lists. */
export interface Position {
  /** The `after` of one of HubSpot's pages; empty for the first. */
  readonly token: string;
  /** Number of preceding entries on that page. */
  readonly skip: number;
}

/** @throws BadUserInput for text that {@link positionInPage} cannot have produced */
export function readPosition(position: string | undefined): Position {
  if (position === undefined) return { token: '', skip: 0 };
  const { token, skip } = POSITION.exec(position)?.groups ?? {};
  if (token === undefined || skip === undefined) throw positionRefused('MALFORMED');
  return { token, skip: Number(skip) };
}

/** Tokens are opaque; known ones are numbers, and base64 with percent-encoded padding. */
const POSITION = /^(?<token>[\w%=+/.-]{0,200}):(?<skip>\d{1,5})$/;

/** The position after the entry at `index`. After the last entry of a page it is the start of the next page. */
export function positionInPage(
  page: { token: string; next?: string | undefined; size?: number },
  index: number,
): string {
  if (page.next !== undefined && index + 1 === page.size) return `${page.next}:0`;
  return `${page.token}:${String(index + 1)}`;
}
