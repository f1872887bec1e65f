import { z } from 'zod';
import { formatPosition, POSITION_TEXT, type Position } from '../log/position.ts';

/** The last catch-up of a vendor that was completed, as all instances know it. */
export interface CatchUpRecord {
  /** By the clock that instances share; milliseconds since 1970. */
  readonly startedAt: number;
  /** Changes up to here have been read, by the vendor's clock; milliseconds since 1970. */
  readonly since: number;
  /** Where the log was when it began. */
  readonly head: Position;
  /** How many changes catch-ups have found since the one before it that no webhook had told of. */
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

/** @returns undefined where there is none, or one of another version */
export const parseCatchUpRecord = (text: string | null): CatchUpRecord | undefined =>
  parse(record, text);

/** Since when the signatures of a vendor's webhooks have been refused one after another. */
export interface RefusalRecord {
  /** By the clock that instances share; milliseconds since 1970. */
  readonly at: number;
  /** Where the log was. */
  readonly head: Position;
}

const refusal = z.object({ at: z.number(), head: POSITION_TEXT });

export const writeRefusalRecord = ({ at, head }: RefusalRecord): string =>
  JSON.stringify({ at, head: formatPosition(head) });

/** @returns undefined where there is none, or one of another version */
export const parseRefusalRecord = (text: string | null): RefusalRecord | undefined =>
  parse(refusal, text);

function parse<T>(schema: z.ZodType<T>, text: string | null): T | undefined {
  if (text === null) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
