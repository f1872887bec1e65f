import { readFileSync } from 'node:fs';

/** @param folder is `schema/`, which each program names itself: a file of this one is in another folder once it is built */
export function schemaFilesIn(folder: URL) {
  const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
  return {
    /** @param name of a built-in subgraph, or `supergraph` */
    readSdl: (name: string) => read(`${name}.graphql`),
    /** What the audiences see of a graph, by its tags, as YAML. */
    readAudienceTags: () => read('audiences.yml'),
    /** Where the schema of each audience of the built-in subgraphs is. */
    audiences: new URL('audiences/', folder),
  };
}
