#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { loadEnvironmentFile } from '../gateway/server/run.ts';
import { executionSettings } from '../gateway/config.ts';
import { requiredScopes } from '../gateway/supergraph/access-rules.ts';
import { parseSettings, type Problems } from '../settings/settings.ts';
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

const readSdl = (name: string) => schemaFile(`${name}.graphql`);

if (command === 'keys')
  process.exitCode = await runKeysCommand(args, readSecrets(), output, readKnownScopes);
else if (command === 'compose') {
  // Here alone: loading what composes takes longer than everything else.
  const { runComposeCommand } = await import('../gateway/composition/compose-command.ts');
  process.exitCode = runComposeCommand(args, process.env, output, {
    modules: SUBGRAPHS,
    readSdl,
    audiences: schemaFile('audiences.yml'),
  });
} else if (command === 'doctor') process.exitCode = await runDoctor(args, readSecrets(), output);
else {
  output.tell(
    `The commands of tributary are compose, doctor and keys, but got "${command ?? ''}".`,
  );
  process.exitCode = 1;
}

async function readKnownScopes(problems: Problems): Promise<ReadonlySet<string> | undefined> {
  // What a module of policies makes of a scope nobody knows here.
  if ((process.env['POLICIES'] ?? '') !== '') return undefined;
  const names = SUBGRAPHS.map(({ name }) => name);
  const execution = parseSettings(executionSettings(names), process.env, problems);
  if (execution === undefined) return undefined;
  if (execution.mode === 'supergraph') return requiredScopes(execution.supergraph.document);
  if (execution.mode !== 'mixed') return requiredScopes(parse(readSdl('supergraph')));
  // Here alone, as above.
  const { composeGraph } = await import('../gateway/composition/compose-graph.ts');
  const { composed, problems: found = [] } = composeGraph(execution.graph, {
    modules: SUBGRAPHS,
    readSdl,
  });
  problems.push(...found);
  return composed && requiredScopes(composed.supergraph.document);
}
