import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { freePort } from '../state/redis-server.ts';

/** A page that is followed as it is written, in a folder that is as a clone. */
export interface Tutorial {
  readonly folder: string;
  /** All blocks of a language, as a reader copies them. */
  readonly blocks: (language: string) => readonly string[];
  /** Writes the block that begins with the name of a file as a comment. @param change the reader makes to it */
  readonly save: (language: string, path: string, change?: (code: string) => string) => void;
  /** Runs commands to their end. */
  readonly run: (commands: string) => { status: number | null; stdout: string; stderr: string };
  /** Runs commands that go on running. @returns what they write that has a pattern */
  readonly start: (commands: string, pattern: RegExp) => Promise<RegExpExecArray>;
  /** Ends what runs. */
  readonly close: () => Promise<void>;
}

/** What `npm start` writes that has its URL. */
export const PLAYGROUND = /Playground: open (\S+)\/ in a browser/;

/** @param port is in the page as that of a service; one that is free takes its place */
export async function openTutorial(page: string, port: string): Promise<Tutorial> {
  const text = readFileSync(page, 'utf8');
  const folder = mkdtempSync(join(tmpdir(), 'tutorial-'));
  for (const name of ['dist', 'node_modules', 'package.json', 'schema'])
    symlinkSync(resolve(name), join(folder, name));
  // A program asks whether it is the one that was started, by its path.
  for (const name of ['examples/connectors', 'examples/own-graph'])
    cpSync(name, join(folder, name), { recursive: true });
  const servicePort = String(await freePort());
  const asWritten = (code: string) => code.replaceAll(port, servicePort);
  const all = Array.from(text.matchAll(/^```(\w*)\n(.*?)^```/gms));
  const blocks = (language: string) =>
    all.flatMap(([, of, code = '']) => (of === language ? [code] : []));
  const shells: ChildProcess[] = [];
  const environment = { PATH: process.env['PATH'], HOME: process.env['HOME'] };
  return {
    folder,
    blocks,
    save: (language, path, change = (code) => code) => {
      const code = blocks(language).find((block) => block.startsWith(`# ${path}\n`));
      if (code === undefined) throw new Error(`Expected a block with ${path} in ${page}.`);
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), change(asWritten(code)));
    },
    run: (commands) =>
      spawnSync('/bin/sh', ['-ec', asWritten(commands)], {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
      }),
    start: async (commands, pattern) => {
      const PORT = String(await freePort());
      // In a process group of its own, which ends as a whole.
      const shell = spawn('/bin/sh', ['-c', `exec 2>&1\n${asWritten(commands)}\nwait`], {
        cwd: folder,
        env: { ...environment, PORT },
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      shells.push(shell);
      let output = '';
      for await (const part of shell.stdout.setEncoding('utf8')) {
        output += String(part);
        const found = pattern.exec(output);
        if (found !== null) return found;
      }
      throw new Error(`Expected ${String(pattern)}, but got: ${output}`);
    },
    close: async () => {
      const running = shells.filter((shell) => shell.exitCode === null);
      const ended = running.map((shell) => once(shell, 'exit'));
      for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
      await Promise.all(ended);
      rmSync(folder, { recursive: true });
    },
  };
}
