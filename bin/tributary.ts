#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { loadEnvironmentFile } from '../gateway/server/run.ts';
import { sandboxVendorsOf } from '../subgraphs/sandbox-vendors.ts';
import { runDoctor } from './doctor.ts';
import { runFieldsCommand } from './fields.ts';
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

if (command === 'keys') process.exitCode = await runKeysCommand(args, process.env, output);
else if (command === 'compose') {
  // Here alone: loading what composes takes longer than everything else.
  const { runComposeCommand } = await import('../gateway/composition/compose-command.ts');
  process.exitCode = runComposeCommand(args, process.env, output, {
    modules: SUBGRAPHS,
    readSdl: (name) => schemaFile(`${name}.graphql`),
    audiences: schemaFile('audiences.yml'),
  });
} else if (command === 'fields') {
  process.exitCode = await runFieldsCommand(args, process.env, output, {
    readSdl: (name) => schemaFile(`${name}.graphql`),
    sandboxVendors: sandboxVendorsOf(new URL('../dist/sandbox.js', import.meta.url), process.env),
  });
} else if (command === 'doctor') process.exitCode = await runDoctor(args, process.env, output);
else {
  output.tell(
    `The commands of tributary are compose, doctor, fields and keys, but got "${command ?? ''}".`,
  );
  process.exitCode = 1;
}
