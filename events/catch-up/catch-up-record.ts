import { z } from 'zod';
import { parseStoredJson } from '../../state/stored-json.ts';
import { formatPosition, POSITION_TEXT, type Position } from '../log/position.ts';

/** The last completed catch-up of a vendor. All instances share it. */
export interface CatchUpRecord {
  /** By the shared clock; milliseconds since 1970. */
  readonly startedAt: number;
  /** Changes up to here have been read, by the vendor's clock; milliseconds since 1970. */
  readonly since: number;
  /** The head of the log when it began. */
  readonly head: Position;
  /** How many changes catch-ups have found since the previous record that no webhook had reported. */
  readonly missed: number;
  /** Whether webhooks of the vendor are received. */
  readonly hasWebhooks: boolean;
}

const record = z.object({
  startedAt: z.number(),
  since: z.number(),
  head: POSITION_TEXT,
  missed: z.number(),
  hasWebhooks: z.boolean(),
});

export const writeCatchUpRecord = ({ head, ...numbers }: CatchUpRecord): string =>
  JSON.stringify({ ...numbers, head: formatPosition(head) });

/** @returns undefined if there is none, or it is of another version */
export const parseCatchUpRecord = (text: string | null): CatchUpRecord | undefined =>
  parseStoredJson(record, text);
