import { parseEnv } from 'node:util';
import type { Environment } from './settings.ts';
import { readTextFile } from './text-file.ts';

/**
 * Adds the variables of a file, where there is one, to an environment; those that are set already win.
 * @param file @default .env
 * @returns what reads the file again: variables that it has set get their new values, new ones are added
 */
export function loadEnvironmentFile(
  environment: Record<string, string | undefined>,
  file = '.env',
): () => void {
  let loaded: Environment = {};
  const load = () => {
    const read: Environment = parseEnv(readTextFile(file) ?? '');
    for (const name of new Set([...Object.keys(loaded), ...Object.keys(read)])) {
      // A process that a program of ours has started inherits what that has read of the file.
      const isFree = environment[name] === undefined || environment[name] === loaded[name];
      if (!isFree) continue;
      if (read[name] === undefined) Reflect.deleteProperty(environment, name);
      else environment[name] = read[name];
    }
    loaded = read;
  };
  load();
  return load;
}
