import { readdirSync, readFileSync } from 'node:fs';

/** Reads the schema of each audience, by name, from the files that `npm run generate` wrote: `schema/audiences/<name>.graphql`. */
export function readAudienceSchemas(directory: URL): ReadonlyMap<string, string> {
  const files = readdirSync(directory).filter((file) => file.endsWith(EXTENSION));
  return new Map(
    files.map((file) => [
      file.slice(0, -EXTENSION.length),
      readFileSync(new URL(file, directory), 'utf8'),
    ]),
  );
}

const EXTENSION = '.graphql';
