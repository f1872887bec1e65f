import { readFileSync } from 'node:fs';

/** @param folder is `schema/`. Each program passes it, because the build moves this file to another folder. */
export function schemaFilesIn(folder: URL) {
  const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
  return {
    /** @param name of a built-in subgraph, or `supergraph` */
    readSdl: (name: string) => read(`${name}.graphql`),
    /** The tags that each audience sees, as YAML. */
    readAudienceTags: () => read('audiences.yml'),
    /** The folder with the schema of each audience of the built-in subgraphs. */
    audiences: new URL('audiences/', folder),
  };
}
