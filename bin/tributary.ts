#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { loadEnvironmentFile } from '../gateway/server/run.ts';
import { runDoctor } from './doctor.ts';
import { readSecrets } from './program-settings.ts';
import { SUBGRAPHS } from './subgraphs.ts';
import { runKeysCommand } from '../gateway/access/command/keys-command.ts';

const [command, ...args] = process.argv.slice(2);
loadEnvironmentFile();
const output = {
  write: (line: string) => process.stdout.write(`${line}\n`),
  tell: (line: string) => process.stderr.write(`${line}\n`),
};
const schemaFile = (name: string) =>
  readFileSync(new URL(`../schema/${name}`, import.meta.url), 'utf8');

if (command === 'keys') process.exitCode = await runKeysCommand(args, readSecrets(), output);
else if (command === 'compose') {
  // Here alone: loading what composes takes longer than everything else.
  const { runComposeCommand } = await import('../gateway/composition/compose-command.ts');
  process.exitCode = runComposeCommand(args, process.env, output, {
    modules: SUBGRAPHS,
    readSdl: (name) => schemaFile(`${name}.graphql`),
    audiences: schemaFile('audiences.yml'),
  });
} else if (command === 'doctor') process.exitCode = await runDoctor(args, readSecrets(), output);
else {
  output.tell(
    `The commands of tributary are compose, doctor and keys, but got "${command ?? ''}".`,
  );
  process.exitCode = 1;
}
