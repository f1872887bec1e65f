import { parseArgs } from 'node:util';
import type { CommandOutput } from '../gateway/access/command/keys-command.ts';
import { readConfiguredFiles } from '../gateway/composition/graph-extensions.ts';
import { CodedError } from '../errors/coded-error.ts';
import { createCallTrace } from '../request/request-scope.ts';
import type { Environment, Problems } from '../settings/settings.ts';
import { checkFields } from '../subgraphs/extensions/check-fields.ts';
import type { Extension } from '../subgraphs/extensions/read-extension.ts';
import { type PropertiesByType, suggestFields } from '../subgraphs/extensions/suggest-fields.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';
import type { RunSandboxVendors } from '../subgraphs/sandbox-vendors.ts';
import { openSubgraphs, prepareSubgraphs } from '../subgraphs/start-subgraphs.ts';
import { planVendors } from '../subgraphs/vendor-plan.ts';
import { SUBGRAPHS } from './subgraphs.ts';

export interface FieldsSources {
  /** Reads the SDL of a built-in subgraph by its name. */
  readonly readSdl: (name: string) => string;
  readonly sandboxVendors: RunSandboxVendors;
}

/**
 * `tributary fields suggest <subgraph>` prints the account's own properties as a file of custom fields, without those that the graph has
 * already. `tributary fields check` compares the custom fields of the graph with the account.
 * @returns the exit code: 1 where the command cannot be run, or where fields and account do not agree
 */
export async function runFieldsCommand(
  args: readonly string[],
  environment: Environment,
  output: CommandOutput,
  sources: FieldsSources,
): Promise<number> {
  const command = readCommand(args);
  const refuse = (problems: readonly string[]) => {
    problems.forEach(output.tell);
    return 1;
  };
  if (command === undefined) return refuse(FIELDS_USAGE);
  const { action, subgraph, graph } = command;
  const problems: Problems = [];
  const { extensions } = readConfiguredFiles(
    graph === undefined ? environment : { ...environment, GRAPH: graph },
    { modules: SUBGRAPHS, readSdl: sources.readSdl },
    problems,
  );
  const modules = SUBGRAPHS.filter(({ name }) =>
    action === 'suggest' ? name === subgraph : extensions.has(name),
  );
  if (action === 'check' && problems.length === 0 && modules.length === 0)
    problems.push('The graph has no custom fields. Name a graph.yaml with `extend` by --graph.');
  if (problems.length > 0) return refuse(problems);
  const account = { environment, output, sources, problems };
  let disagreements = 0;
  for (const module of modules) {
    const properties = await readProperties(module, account);
    if (properties === undefined) return refuse(problems);
    const extension = extensions.get(module.name);
    if (action === 'suggest')
      output.write(
        suggest(module, extension?.sdl ?? sources.readSdl(module.name), properties, extension),
      );
    else {
      const found = checkFields(extension?.definitions ?? [], properties);
      disagreements += found.length;
      found.forEach(output.tell);
    }
  }
  if (action === 'check' && disagreements === 0)
    output.write('The custom fields agree with the account.');
  return disagreements === 0 ? 0 : 1;
}

function suggest(
  { extensible }: SubgraphModule,
  sdl: string,
  properties: PropertiesByType,
  extension: Extension | undefined,
): string {
  const isNew = (type: string, name: string) =>
    extension?.fields[type]?.every(({ property }) => property !== name) ?? true;
  const left = [...properties].map(
    ([type, all]) => [type, all.filter(({ name }) => isNew(type, name))] as const,
  );
  return suggestFields(sdl, extensible, new Map(left));
}

interface Account {
  readonly environment: Environment;
  readonly output: CommandOutput;
  readonly sources: FieldsSources;
  readonly problems: Problems;
}

/** @returns undefined where they cannot be read; why is added to `problems`. */
async function readProperties(
  module: SubgraphModule,
  { environment, output, sources, problems }: Account,
): Promise<PropertiesByType | undefined> {
  const { readSdl, sandboxVendors } = sources;
  const plans = planVendors({ modules: [module], environment, production: false, problems });
  for (const { usesSandbox, credential } of plans)
    if (usesSandbox) output.tell(`${credential} is not set, so the account is the sandbox's.`);
  const prepared = await prepareSubgraphs({ plans, environment, problems, sandboxVendors });
  if (prepared === undefined || problems.length > 0) return undefined;
  const running = openSubgraphs(prepared, { readSdl });
  const scope = { signal: AbortSignal.timeout(TIMEOUT_MS), trace: createCallTrace() };
  try {
    const found: [string, Awaited<ReturnType<NonNullable<typeof read>>>][] = [];
    const [{ properties: read } = {}] = running.subgraphs;
    if (read === undefined) {
      problems.push(`The account behind ${module.name} does not list its properties.`);
      return undefined;
    }
    for (const type of Object.keys(module.extensible.types))
      found.push([type, await read(type, scope)]);
    return new Map(found);
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    problems.push(`The properties of the account could not be read: ${error.message}`);
    return undefined;
  } finally {
    await running.close();
  }
}

const TIMEOUT_MS = 60_000;

type Command =
  | { readonly action: 'suggest'; readonly subgraph: string; readonly graph: string | undefined }
  | { readonly action: 'check'; readonly subgraph?: never; readonly graph: string | undefined };

function readCommand(args: readonly string[]): Command | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { graph: { type: 'string' } },
      allowPositionals: true,
    });
    const [action, subgraph, ...others] = positionals;
    const { graph } = values;
    const isKnown = SUBGRAPHS.some(
      ({ name, extensible }) => name === subgraph && Object.keys(extensible.types).length > 0,
    );
    if (action === 'suggest' && subgraph !== undefined && isKnown && others.length === 0)
      return { action, subgraph, graph };
    return action === 'check' && subgraph === undefined ? { action, graph } : undefined;
  } catch {
    return undefined;
  }
}

export const FIELDS_USAGE = [
  'tributary fields suggest <subgraph> [--graph ./graph.yaml]',
  'tributary fields check [--graph ./graph.yaml]',
];
