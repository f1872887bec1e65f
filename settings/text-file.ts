import { readFileSync } from 'node:fs';

/** @returns undefined for a file that cannot be read */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** @returns `ENOENT` for example; undefined where it is no error of the file system. */
export const codeOf = (error: unknown) =>
  typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
