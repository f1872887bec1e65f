import { readdirSync, readFileSync } from 'node:fs';

/** The SDL of what each audience sees, by the audience's name, as `npm run generate` left it: `schema/audiences/<name>.graphql`. */
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
