import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { watchGraph } from '../../bin/watch-graph.ts';
import { GraphFolder, graphYaml, textFields } from './graph-folder.ts';

let folder: GraphFolder;
beforeEach(() => {
  folder = new GraphFolder();
  folder.write('graph.yaml', graphYaml());
  folder.write('crm.fields.graphql', textFields('tier'));
});
afterEach(() => {
  folder.remove();
});

/** Waits for the first reloads of a watch, and acts in each of them. */
function reloadsOf(
  { watch }: ReturnType<typeof watchGraph>,
  steps: readonly (() => void)[],
): Promise<void> {
  const [...left] = steps;
  return new Promise((resolve) => {
    watch(() => {
      left.shift()?.();
      if (left.length === 0) resolve();
    });
  });
}

it.each([
  ['the graph', 'graph.yaml', graphYaml({ extend: './other.fields.graphql' })],
  ['a file that it names', 'crm.fields.graphql', textFields('level')],
])('%s that is saved before the watch begins is read again', async (_, name, text) => {
  const development = watchGraph({ GRAPH: folder.graph });
  folder.write(name, text);

  await expect(reloadsOf(development, [() => undefined])).resolves.toBeUndefined();
});

it('a graph that cannot be read is watched, and read again when it is saved', async () => {
  folder.write('graph.yaml', 'version: 1\nsubgraphs: *none\n');
  const development = watchGraph({ GRAPH: folder.graph });
  folder.write('graph.yaml', graphYaml());

  await expect(reloadsOf(development, [() => undefined])).resolves.toBeUndefined();
});

it('a file that is saved while it is read is read again, also one that did not exist', async () => {
  const development = watchGraph({ GRAPH: folder.graph });
  folder.write('graph.yaml', graphYaml({ extend: './other.fields.graphql' }));
  const steps = [
    () => {
      folder.write('other.fields.graphql', textFields('level'));
    },
    () => {
      folder.write('other.fields.graphql', textFields('rank'));
    },
    () => undefined,
  ];

  await expect(reloadsOf(development, steps)).resolves.toBeUndefined();
});
