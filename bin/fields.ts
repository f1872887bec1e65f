import type { CommandOutput } from '../gateway/access/command/keys-command.ts';
import { readConfiguredFiles } from '../gateway/composition/graph-extensions.ts';
import { CodedError } from '../errors/coded-error.ts';
import { createCallTrace } from '../request/request-scope.ts';
import { readArguments } from '../settings/command-line.ts';
import type { Environment, Problems } from '../settings/settings.ts';
import { disagreementsWith, readAccount } from '../subgraphs/extensions/account-check.ts';
import type { Extension } from '../subgraphs/extensions/read-extension.ts';
import { type Account, suggestFields } from '../subgraphs/extensions/suggest-fields.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';
import type { RunSandboxVendors } from '../subgraphs/sandbox-vendors.ts';
import { openSubgraphs, prepareSubgraphs } from '../subgraphs/start-subgraphs.ts';
import { planVendors } from '../subgraphs/vendor-plan.ts';
import { FEEDS } from './feeds.ts';
import { SUBGRAPHS } from './subgraphs.ts';

export interface FieldsSources {
  /** Reads the SDL of a built-in subgraph by its name. */
  readonly readSdl: (name: string) => string;
  readonly sandboxVendors: RunSandboxVendors;
}

/**
 * `tributary fields suggest <subgraph>` prints the account's own properties as a file of custom fields, without those that the graph
 * has. `tributary fields check` compares the custom fields of the graph with the account.
 * @returns the exit code: 1 if the command cannot be run, or fields and account do not agree
 */
export async function runFieldsCommand(
  args: readonly string[],
  environment: Environment,
  output: CommandOutput,
  sources: FieldsSources,
): Promise<number> {
  const command = readCommand(args);
  const refuse = (problems: readonly string[]) => {
    problems.forEach(output.report);
    return 1;
  };
  if (command === undefined) return refuse(FIELDS_USAGE);
  const { action, subgraph, graph } = command;
  const problems: Problems = [];
  const { extensions } = readConfiguredFiles(
    graph === undefined ? environment : { ...environment, GRAPH: graph },
    { modules: SUBGRAPHS, feeds: FEEDS, readSdl: sources.readSdl },
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
    const extension = extensions.get(module.name);
    const read = await readAccountOf(module, account, action === 'check' ? extension : undefined);
    if (read === undefined) return refuse(problems);
    if (action === 'suggest') output.write(suggest(module, sources, read, extension));
    else {
      const found = extension === undefined ? [] : disagreementsWith(read, extension);
      disagreements += found.length;
      found.forEach(output.report);
    }
  }
  if (action === 'check' && disagreements === 0)
    output.write('The custom fields agree with the account.');
  return disagreements === 0 ? 0 : 1;
}

function suggest(
  { name, extensible }: SubgraphModule,
  { readSdl }: FieldsSources,
  { properties, objects = [] }: Account,
  extension: Extension | undefined,
): string {
  const isNew = (type: string, property: string) =>
    extension?.fields[type]?.every((field) => field.property !== property) ?? true;
  const left = [...properties].map(
    ([type, all]) => [type, all.filter((property) => isNew(type, property.name))] as const,
  );
  const known = new Set(extension?.objects.types.map(({ vendorType }) => vendorType));
  const others = SUBGRAPHS.filter((module) => module.name !== name);
  return suggestFields(
    [extension?.sdl ?? readSdl(name), ...others.map((module) => readSdl(module.name))],
    extensible,
    {
      properties: new Map(left),
      objects: objects.filter(({ definition }) => !known.has(definition.vendorType)),
    },
  );
}

interface AccountSources {
  readonly environment: Environment;
  readonly output: CommandOutput;
  readonly sources: FieldsSources;
  readonly problems: Problems;
}

/**
 * @param extension is compared with the account; undefined to read the whole account
 * @returns undefined if it cannot be read; the reason is added to `problems`
 */
async function readAccountOf(
  module: SubgraphModule,
  { environment, output, sources, problems }: AccountSources,
  extension: Extension | undefined,
): Promise<Account | undefined> {
  const { readSdl, sandboxVendors } = sources;
  const plans = planVendors({ modules: [module], environment, production: false, problems });
  for (const { usesSandbox, credential } of plans)
    if (usesSandbox) output.report(`${credential} is not set, so the account is the sandbox's.`);
  const prepared = await prepareSubgraphs({ plans, environment, problems, sandboxVendors });
  if (prepared === undefined || problems.length > 0) return undefined;
  const running = openSubgraphs(prepared, { readSdl });
  const scope = { signal: AbortSignal.timeout(TIMEOUT_MS), trace: createCallTrace() };
  try {
    const [subgraph] = running.subgraphs;
    const account = await readAccount(subgraph?.serve() ?? {}, {
      types: Object.keys(module.extensible.types),
      extension,
      scope,
      ...(extension === undefined && {
        onRefusedObjects: ({ message }) => {
          output.report(`Custom objects are left out, as they could not be read: ${message}`);
        },
      }),
    });
    if (account === undefined)
      problems.push(`The account behind ${module.name} does not list its properties.`);
    return account;
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
  const read = readArguments(args, { graph: { type: 'string' } });
  if (read === undefined) return undefined;
  const [action, subgraph, ...others] = read.positionals;
  const { graph } = read.values;
  const isKnown = SUBGRAPHS.some(
    ({ name, extensible }) => name === subgraph && Object.keys(extensible.types).length > 0,
  );
  if (action === 'suggest' && subgraph !== undefined && isKnown && others.length === 0)
    return { action, subgraph, graph };
  return action === 'check' && subgraph === undefined ? { action, graph } : undefined;
}

export const FIELDS_USAGE = [
  'tributary fields suggest <subgraph> [--graph ./graph.yaml]',
  'tributary fields check [--graph ./graph.yaml]',
];
