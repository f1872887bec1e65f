import type { z } from 'zod';

/**
 * Parses a stored JSON text.
 * @returns undefined if there is none, or one of another form, such as that of another version
 */
export function parseStoredJson<T>(schema: z.ZodType<T>, text: string | null): T | undefined {
  if (text === null) return undefined;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
