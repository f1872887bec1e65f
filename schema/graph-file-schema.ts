// Writes graph-file.schema.json: editors use it to complete and check a graph.yaml.
// Run by `npm run generate`; CI fails if the committed file differs.
import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { FEEDS } from '../bin/feeds.ts';
import { SUBGRAPHS } from '../bin/subgraphs.ts';
import { graphFileJsonSchema } from '../gateway/composition/graph-file.ts';

const schema = graphFileJsonSchema(
  SUBGRAPHS.map(({ name }) => name),
  { feeds: FEEDS, readSdl: () => '' },
);
const file = new URL('./graph-file.schema.json', import.meta.url);
const style = await resolveConfig(file);
writeFileSync(file, await format(JSON.stringify(schema), { ...style, parser: 'json' }));
