import { z } from 'zod';

/** The last catch-up of a vendor that was completed, as all instances know it. */
export interface CatchUpRecord {
  /** By the clock that instances share; milliseconds since 1970. */
  readonly startedAt: number;
  /** Changes up to here have been read, by the vendor's clock; milliseconds since 1970. */
  readonly since: number;
  /** Where the log was when it began, by the log's clock; milliseconds since 1970. */
  readonly logMs: number;
  /** How many changes it found that no webhook had told of. */
  readonly missed: number;
  /** Whether webhooks of the vendor are received. */
  readonly hasWebhooks: boolean;
}

const record = z.object({
  startedAt: z.number(),
  since: z.number(),
  logMs: z.number(),
  missed: z.number(),
  hasWebhooks: z.boolean(),
});

/** @returns undefined where there is none, or one of another version */
export function parseCatchUpRecord(text: string | null): CatchUpRecord | undefined {
  if (text === null) return undefined;
  try {
    return record.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
