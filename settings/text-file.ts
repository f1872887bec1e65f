import { readFileSync } from 'node:fs';

/** @returns undefined for a file that cannot be read */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
