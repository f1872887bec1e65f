#!/usr/bin/env node
import { loadEnvironmentFile } from '../gateway/server/run.ts';
import { runDoctor } from './doctor.ts';
import { runKeysCommand } from '../gateway/access/command/keys-command.ts';

const [command, ...args] = process.argv.slice(2);
loadEnvironmentFile();
const output = {
  write: (line: string) => process.stdout.write(`${line}\n`),
  tell: (line: string) => process.stderr.write(`${line}\n`),
};
if (command === 'keys') process.exitCode = await runKeysCommand(args, process.env, output);
else if (command === 'doctor') process.exitCode = await runDoctor(args, process.env, output);
else {
  output.tell(`The commands of tributary are keys and doctor, but got "${command ?? ''}".`);
  process.exitCode = 1;
}
