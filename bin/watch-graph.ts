import { statSync } from 'node:fs';
import { graphPathOf, watchedGraphPath } from '../gateway/composition/graph-extensions.ts';
import { filesOfGraph } from '../gateway/composition/graph-file.ts';
import { announce } from '../gateway/server/run.ts';
import type { Environment } from '../settings/settings.ts';

/**
 * Reloads the graph in development when one of its files changes, and prints the result to the terminal. Call it before
 * the files are first read, so that no change after that is missed.
 */
export function watchGraph(environment: Environment) {
  const name = () => graphPathOf(environment) ?? 'The graph';
  const supergraph = environment['SUPERGRAPH'] ?? '';
  const main = () => (supergraph === '' ? watchedGraphPath(environment) : supergraph);
  return {
    watch: watchFiles(main(), () => (supergraph === '' ? filesOfGraph(main()) : [supergraph])),
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
 * every file system. A file counts as changed if it differs from what it was before `list` and `onChange` last read it.
 * @param main is the file that names the others.
 * @param list names all files, and is called again after each change.
 * @returns a function that starts to watch, which reports changes since this call, too
 */
function watchFiles(main: string, list: () => readonly string[]): (onChange: () => void) => void {
  let read = statesOf([main]);
  const listAgain = () => {
    // The states come first, so that a change while the files are listed is noticed.
    const states = statesOf(read.keys());
    read = new Map(list().map((file) => [file, states.get(file) ?? stateOf(file)]));
  };
  listAgain();
  return (onChange) => {
    let last = read;
    setInterval(() => {
      const now = statesOf(read.keys());
      // An editor may write a file in several steps, and a checkout writes several files.
      const isStill = isEqual(now, last);
      last = now;
      if (!isStill || isEqual(now, read)) return;
      listAgain();
      onChange();
    }, POLL_MS).unref();
  };
}

const POLL_MS = 150;

const statesOf = (files: Iterable<string>): ReadonlyMap<string, string> =>
  new Map(Array.from(files, (file) => [file, stateOf(file)]));

/** Differs after each change of a file; `''` if it does not exist or cannot be found. */
function stateOf(file: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
    return [ino, size, mtimeNs, ctimeNs].join(' ');
  } catch {
    return '';
  }
}

const isEqual = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>) =>
  [...one].every(([file, state]) => other.get(file) === state);
