import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Per run. */
const MAX_FILES = 1000;
/** Maximum depth of folders. */
const MAX_DEPTH = 20;

const NAME = /\.connectors?\.ya?ml$/;

/**
 * Finds test files in files and folders, ordered by name. An explicitly named file can have any name.
 * @returns the paths, and a sentence for each missing file or folder
 */
export function findSuites(targets: readonly string[]): {
  readonly paths: readonly string[];
  readonly problems: readonly string[];
} {
  const paths = new Set<string>();
  const problems: string[] = [];
  for (const path of targets) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) problems.push(`${path} must be a file or a folder.`);
    else if (stats.isDirectory()) addFiles(path, MAX_DEPTH, paths);
    else paths.add(path);
  }
  if (paths.size > MAX_FILES)
    problems.push(`At most ${String(MAX_FILES)} files of tests are run at once.`);
  return { paths: [...paths], problems };
}

function addFiles(folder: string, depth: number, paths: Set<string>): void {
  for (const entry of entriesOf(folder)) {
    if (paths.size > MAX_FILES) return;
    const path = join(folder, entry.name);
    if (entry.isFile() && NAME.test(entry.name)) paths.add(path);
    const isSearched = !entry.name.startsWith('.') && entry.name !== 'node_modules';
    if (entry.isDirectory() && isSearched && depth > 0) addFiles(path, depth - 1, paths);
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
