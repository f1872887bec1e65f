/** `ENOSPC`; undefined if it has none. */
export const errorCodeOf = (error: unknown): string | undefined =>
  // A cast: the file system throws errors with a code.
  (error as Partial<NodeJS.ErrnoException>).code;
