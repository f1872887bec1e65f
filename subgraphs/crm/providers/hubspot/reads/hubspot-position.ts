import { positionRefused } from '../../../../paging/connection.ts';

/** Where to go on in a list of HubSpot's. */
export interface Position {
  /** The `after` of one of HubSpot's pages; empty for the first. */
  readonly token: string;
  /** How many entries of that page come before. */
  readonly skip: number;
}

/** @throws BadUserInput for text that {@link positionInPage} cannot have written. */
export function readPosition(position: string | undefined): Position {
  if (position === undefined) return { token: '', skip: 0 };
  const { token, skip } = POSITION.exec(position)?.groups ?? {};
  if (token === undefined || skip === undefined) throw positionRefused('MALFORMED');
  return { token, skip: Number(skip) };
}

/** Tokens are opaque; those seen are numbers, and base64 with its padding percent-encoded. */
const POSITION = /^(?<token>[\w%=+/.-]{0,200}):(?<skip>\d{1,5})$/;

/** The position after the entry at `index`. After a page's last one it is the beginning of the next page. */
export function positionInPage(
  page: { token: string; next?: string | undefined; size?: number },
  index: number,
): string {
  if (page.next !== undefined && index + 1 === page.size) return `${page.next}:0`;
  return `${page.token}:${String(index + 1)}`;
}
