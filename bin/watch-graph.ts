import { type StatsListener, unwatchFile, watchFile } from 'node:fs';
import { graphPathOf, watchedGraphPath } from '../gateway/composition/graph-extensions.ts';
import { filesOfGraph } from '../gateway/composition/graph-file.ts';
import { announce } from '../gateway/server/run.ts';
import type { Environment } from '../settings/settings.ts';

/** Reloads the graph in development when one of its files changes, and prints the result to the terminal. */
export function watchGraph(environment: Environment) {
  const name = () => graphPathOf(environment) ?? 'The graph';
  const supergraph = environment['SUPERGRAPH'] ?? '';
  const files = () =>
    supergraph === '' ? filesOfGraph(watchedGraphPath(environment)) : [supergraph];
  return {
    watch: (reload: () => void) => {
      watchFiles(files, reload);
    },
    onReloaded: (change: string) => {
      announce(`${name()} reloaded: ${change}`);
    },
    onProblems: (problems: readonly string[]) => {
      announce(
        [...problems, `${name()} not reloaded: the previous graph is still served.`].join('\n'),
      );
    },
  };
}

/**
 * Watches files, also those that do not exist yet. Polling detects editors that replace a file, and works on
 * every file system.
 * @param list names the files, and is called again after each change
 * @param onChange is debounced
 */
function watchFiles(list: () => readonly string[], onChange: () => void): void {
  let watched: ReadonlySet<string> = new Set();
  let debounce: NodeJS.Timeout | undefined;
  const onStats: StatsListener = (now, before) => {
    // Node.js reports a missing file once, at the start.
    if (now.ino === 0 && before.ino === 0) return;
    clearTimeout(debounce);
    debounce = setTimeout(() => {
      update();
      onChange();
    }, DEBOUNCE_MS);
  };
  const update = () => {
    const files = new Set(list());
    for (const file of watched) if (!files.has(file)) unwatchFile(file, onStats);
    for (const file of files)
      if (!watched.has(file)) watchFile(file, { persistent: false, interval: POLL_MS }, onStats);
    watched = files;
  };
  update();
}

/** An editor may write a file in several steps, and a checkout writes several files. */
const DEBOUNCE_MS = 200;
const POLL_MS = 100;
