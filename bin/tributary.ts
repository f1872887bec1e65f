#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import type { ParseArgsConfig } from 'node:util';
import { KEYS_USAGE, runKeysCommand } from '../gateway/access/command/keys-command.ts';
import type { ComposeSources } from '../gateway/composition/compose-command.ts';
import { readArguments } from '../settings/command-line.ts';
import { loadEnvironmentFile } from '../settings/environment-file.ts';
import { sandboxVendorsOf } from '../subgraphs/sandbox-vendors.ts';
import { CONNECT_USAGE } from '../gateway/connector-tests/usage.ts';
import { DOCTOR_USAGE, runDoctor } from './doctor.ts';
import { EVENTS_USAGE, WEBHOOKS_USAGE } from './events-usage.ts';
import { FEEDS } from './feeds.ts';
import { IMPORT_USAGE } from './import-usage.ts';
import { FIELDS_USAGE, runFieldsCommand } from './fields.ts';
import { readKnownScopes } from './known-scopes.ts';
import { readSecrets } from './program-settings.ts';
import { runProgram } from './run-program.ts';
import { SUBGRAPHS } from './subgraphs.ts';

/** A command of `tributary`. */
interface Command {
  readonly summary: string;
  /** One line per form. */
  readonly usage: readonly string[];
  readonly examples: readonly string[];
  /** @returns the exit code; undefined if the process must keep running */
  readonly run: (args: readonly string[]) => Promise<number | undefined>;
}

const output = {
  write: (line: string) => process.stdout.write(`${line}\n`),
  report: (line: string) => process.stderr.write(`${line}\n`),
};

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  // The reader has all that it needs: `tributary events replay --from 1h | head`.
  process.exit();
});

const GRAPH = {
  graph: { type: 'string', default: './graph.yaml' },
  from: { type: 'string' },
} as const;
const COMPOSE = {
  ...GRAPH,
  out: { type: 'string', default: './graph' },
  refresh: { type: 'boolean' },
} as const;
const SOURCES: ComposeSources = {
  modules: SUBGRAPHS,
  feeds: FEEDS,
  readSdl: (subgraph) => readSchemaFile(`${subgraph}.graphql`),
  audiences: () => readSchemaFile('audiences.yml'),
};

const COMMANDS: Readonly<Record<string, Command>> = {
  start: {
    summary: 'start the gateway, with all subgraphs in its process',
    usage: ['tributary start [--distributed]'],
    examples: [
      'tributary start                          with the sandbox vendors, if no credentials are set',
      'PORT=8080 tributary start                settings are environment variables, or lines of .env',
      'GRAPH=./graph.yaml tributary start       with your own fields and services',
      'tributary start --distributed            each subgraph as a service of its own',
    ],
    run: async (args) => {
      const options = readOptions(args, { distributed: { type: 'boolean', default: false } });
      if (options === undefined) return refuseArguments('start');
      return runBuilt(options.distributed ? 'distributed' : 'gateway', []);
    },
  },
  dev: {
    summary: 'start the gateway for development: it reloads when a file of the graph changes',
    usage: ['tributary dev [--graph ./graph.yaml]'],
    examples: [
      'tributary dev                            with the playground, and sandbox vendors if no credentials are set',
      'tributary dev --graph shop/graph.yaml    prints the changes of each reload, or its problems',
    ],
    run: async (args) => {
      const options = readOptions(args, { graph: { type: 'string' } });
      if (options === undefined) return refuseArguments('dev');
      const { graph: GRAPH } = options;
      // Not by its name, which the build replaces.
      Object.assign(process.env, {
        NODE_ENV: 'development',
        ...(GRAPH !== undefined && { GRAPH }),
      });
      return runBuilt('gateway', []);
    },
  },
  subgraph: {
    summary: 'start one subgraph as a service',
    usage: [`tributary subgraph <${SUBGRAPHS.map(({ name }) => name).join('|')}>`],
    examples: ['PORT=4001 tributary subgraph crm'],
    run: (args) => runBuilt('subgraph', args),
  },
  sandbox: {
    summary: 'start the sandbox vendors, and print the settings that use them',
    usage: ['tributary sandbox [vendor...]'],
    examples: ['SANDBOX_FAULTS=stripe=503 tributary sandbox stripe'],
    run: async (args) => {
      // The sandbox reads `process.argv`.
      process.argv.splice(2, process.argv.length, ...args);
      await import('./sandbox.ts');
      return undefined;
    },
  },
  compose: {
    summary: 'write the supergraph, the API and the schema of each audience of a graph.yaml',
    usage: [
      'tributary compose [--graph ./graph.yaml] [--out ./graph] [--refresh] [--from supergraph.yaml]',
    ],
    examples: [
      'tributary compose --graph graph.yaml --out graph/',
      'tributary compose --refresh                    fetches the SDL of the services first, and writes their files',
      'tributary compose --from supergraph.yaml       with the services of a file of rover',
    ],
    run: async (args) => {
      const options = readOptions(args, COMPOSE);
      if (options === undefined) return refuseArguments('compose');
      const { runComposeCommand } = await loadComposition();
      return runComposeCommand(options, process.env, output, SOURCES);
    },
  },
  check: {
    summary: 'check a graph.yaml with its files and services, and write nothing',
    usage: ['tributary check [--graph ./graph.yaml] [--from supergraph.yaml]'],
    examples: ['LOYALTY_URL=http://127.0.0.1:4010/graphql tributary check'],
    run: async (args) => {
      const options = readOptions(args, GRAPH);
      if (options === undefined) return refuseArguments('check');
      const { runCheckCommand } = await loadComposition();
      return runCheckCommand(options, process.env, output, SOURCES);
    },
  },
  connect: {
    summary: 'test the connectors to REST APIs, and record tests from the APIs',
    usage: CONNECT_USAGE,
    examples: [
      'tributary connect test erp.connector.yaml        runs the tests of one file, without network',
      'tributary connect test --name orders             those with "orders" in their names, of all files here',
      `tributary connect record Query.order --variables '{"$args":{"id":"10042"}}' --out erp.connector.yaml`,
    ],
    run: async (args) => {
      const { runConnectCommand } = await import('../gateway/connector-tests/connect-command.ts');
      const builtIn = SUBGRAPHS.map((module) => module.name);
      const feeds = { feeds: FEEDS, readSdl: SOURCES.readSdl };
      return runConnectCommand(args, readSecrets(), output, { builtIn, feeds });
    },
  },
  fields: {
    summary: "print the account's own fields as SDL, or compare a file of them with the account",
    usage: FIELDS_USAGE,
    examples: ['tributary fields suggest crm > crm.fields.graphql', 'tributary fields check'],
    run: (args) =>
      runFieldsCommand(args, readSecrets(), output, {
        readSdl: SOURCES.readSdl,
        sandboxVendors: sandboxVendorsOf(
          new URL('../dist/sandbox.js', import.meta.url),
          process.env,
        ),
      }),
  },
  import: {
    summary: 'write connectors to a REST API from its OpenAPI document',
    usage: IMPORT_USAGE,
    examples: [
      'tributary import openapi.yaml                                    lists the operations of the document',
      "tributary import openapi.yaml --operations 'GET /orders/**'     writes connectors, their tests, and an entry of graph.yaml",
      'tributary import openapi.yaml --operations "list*" --accept all  with the keys, batches and pages that it finds',
    ],
    run: async (args) => {
      const { runImportCommand, terminal } = await import('./import.ts');
      return runImportCommand(args, output, SOURCES, terminal());
    },
  },
  doctor: {
    summary: 'try the credentials of the vendors, and each permission that the graph needs',
    usage: DOCTOR_USAGE,
    examples: ['tributary doctor                         makes no call that a vendor charges for'],
    run: (args) => runDoctor(args, readSecrets(), output, SOURCES.readSdl),
  },
  keys: {
    summary: 'create, list and revoke API keys',
    usage: KEYS_USAGE,
    examples: ['API_KEYS_FILE=./keys.json tributary keys create --name shop --scopes none'],
    run: (args) =>
      runKeysCommand(args, readSecrets(), output, (problems) =>
        readKnownScopes(SOURCES.readSdl, problems),
      ),
  },
  events: {
    summary: 'show the log of changes, and gaps that webhooks have missed, or send a test event',
    usage: EVENTS_USAGE,
    examples: [
      'tributary events tail                                      prints changes as they are stored, until ctrl-C',
      'tributary events replay --from 15m                         prints those of the last 15 minutes',
      'tributary events gaps                                      prints when catch-ups found what webhooks had missed',
      'tributary events send payment_intent.succeeded --id pi_1   signs an event as the vendor does, for development',
    ],
    run: async (args) => {
      const { runEventsCommand } = await import('./events.ts');
      const ended = new AbortController();
      for (const signal of ['SIGINT', 'SIGTERM'])
        process.once(signal, () => {
          ended.abort();
        });
      const { readSdl } = SOURCES;
      return runEventsCommand(args, readSecrets(), output, { readSdl, signal: ended.signal });
    },
  },
  webhooks: {
    summary: 'subscribe a server to the events of vendors',
    usage: WEBHOOKS_USAGE,
    examples: [
      "tributary webhooks setup --url https://api.example.com                   creates or updates Stripe's endpoint, and prints the configuration of HubSpot's app",
      'tributary webhooks setup --url https://api.example.com --vendor stripe --print-secret > secret',
    ],
    run: async (args) => {
      const { runWebhooksCommand } = await import('./webhooks.ts');
      return runWebhooksCommand(args, readSecrets(), output, SOURCES.readSdl);
    },
  },
};

const [name = '--help', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
if (name === '--help' || name === '-h' || name === 'help') output.write(describeAll());
else if (name === '--version' || name === '-v') output.write(readVersion());
else if (command === undefined) {
  output.report(`tributary has no command "${name}". It has ${Object.keys(COMMANDS).join(', ')}.`);
  process.exitCode = 1;
} else if (args.includes('--help') || args.includes('-h')) output.write(describe(command));
else {
  loadEnvironmentFile(process.env);
  const code = await command.run(args);
  if (code !== undefined) process.exitCode = code;
}

function describeAll(): string {
  const names = Object.entries(COMMANDS);
  const width = Math.max(...names.map(([one]) => one.length));
  return [
    'One GraphQL graph over the CRM, the payment processor and the mapping service of a business.',
    '',
    ...names.map(([one, { summary }]) => `  tributary ${one.padEnd(width)}  ${summary}`),
    '',
    'tributary <command> --help shows examples. docs/configuration.md lists the settings.',
  ].join('\n');
}

function describe({ summary, usage, examples }: Command): string {
  const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  return [`To ${summary}:`, ...indented(usage), '', 'Examples:', ...indented(examples)].join('\n');
}

/** @returns undefined if an argument is not an option */
function readOptions<O extends NonNullable<ParseArgsConfig['options']>>(
  values: readonly string[],
  options: O,
) {
  const read = readArguments(values, options);
  return read?.positionals.length === 0 ? read.values : undefined;
}

/** @returns the exit code */
function refuseArguments(commandName: string): number {
  output.report(`Usage: ${COMMANDS[commandName]?.usage.join('\n') ?? ''}`);
  return 1;
}

function runBuilt(program: string, parameters: readonly string[]): Promise<number> {
  return runProgram(new URL(`../dist/${program}.js`, import.meta.url), parameters);
}

/** Loaded on demand: composition takes longer to load than everything else. */
function loadComposition() {
  return import('../gateway/composition/compose-command.ts');
}

function readSchemaFile(file: string): string {
  return readFileSync(new URL(`../schema/${file}`, import.meta.url), 'utf8');
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return String((JSON.parse(text) as { readonly version: unknown }).version);
}
