// Writes graph-file.schema.json, by which editors complete and check a graph.yaml.
// Run by `npm run generate`; CI fails where the committed file differs.
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { FEEDS } from '../bin/feeds.ts';
import { SUBGRAPHS } from '../bin/subgraphs.ts';
import { graphFileJsonSchema } from '../gateway/composition/graph-file.ts';

const schema = graphFileJsonSchema(
  SUBGRAPHS.map(({ name }) => name),
  { feeds: FEEDS, readSdl: () => '' },
);
writeFileSync(
  new URL('./graph-file.schema.json', import.meta.url),
  await format(JSON.stringify(schema), { parser: 'json' }),
);
