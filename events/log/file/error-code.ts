/** `ENOSPC`; undefined where it has none. */
export const errorCodeOf = (error: unknown): string | undefined =>
  // A cast: what the file system throws is an error with a code.
  (error as Partial<NodeJS.ErrnoException>).code;
