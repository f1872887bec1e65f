import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import type { CommandOutput } from '../gateway/access/command/keys-command.ts';
import { composeGraph } from '../gateway/composition/compose-graph.ts';
import type { BuiltInSources } from '../gateway/composition/graph-extensions.ts';
import { readArguments } from '../settings/command-line.ts';
import { readTextFile } from '../settings/text-file.ts';
import type { ConnectorFile } from '../subgraphs/connect/connector-file.ts';
import { writeContractTests } from '../subgraphs/connect/import/contract-tests.ts';
import { newGraphFile, withGraphEntry } from '../subgraphs/connect/import/graph-entry.ts';
import { importApi, type ImportedApi } from '../subgraphs/connect/import/import-api.ts';
import {
  type ApiOperation,
  chooseOperations,
  describeOperation,
  listOperations,
} from '../subgraphs/connect/import/operations.ts';
import { differences, readWrittenFile, writtenFile } from '../subgraphs/connect/import/own-part.ts';
import {
  PROPOSAL_KINDS,
  type Proposal,
  type ProposalKind,
} from '../subgraphs/connect/import/proposals.ts';
import {
  type ApiDocument,
  ImportRefused,
  readDocument,
} from '../subgraphs/connect/import/read-document.ts';
import { policyFor } from '../subgraphs/connect/import/source-policy-lines.ts';
import { subgraphName } from '../subgraphs/connect/import/names.ts';
import { takenIn } from '../subgraphs/connect/import/taken-names.ts';
import { readConnectors } from '../subgraphs/connect/read-connectors.ts';
import { IMPORT_USAGE } from './import-usage.ts';

/** Prompts for input at the terminal. */
export type Prompt = (question: string) => Promise<string>;

/** @returns undefined without a terminal */
export function terminal(): Prompt | undefined {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  return async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await lines.question(question);
    lines.close();
    return answer.trim();
  };
}

/**
 * Runs `tributary import`: writes connectors for operations of an OpenAPI document, their tests, and an entry of the `graph.yaml`. Existing files
 * are compared, and written only with `--write`.
 * @param prompt is undefined without a terminal
 * @returns the exit code of the process
 */
export async function runImportCommand(
  args: readonly string[],
  output: CommandOutput,
  builtIn: BuiltInSources,
  prompt: Prompt | undefined,
): Promise<number> {
  const command = readCommand(args);
  if (command === undefined) {
    IMPORT_USAGE.forEach(output.report);
    return 1;
  }
  try {
    return await new ImportRun(command, output, builtIn, prompt).run();
  } catch (error) {
    if (!(error instanceof ImportRefused)) throw error;
    output.report(error.message);
    return 1;
  }
}

interface ImportCommand {
  readonly file: string;
  readonly operations: readonly string[];
  readonly accept: readonly ProposalKind[] | undefined;
  readonly name: string | undefined;
  readonly prefix: string;
  readonly graph: string;
  readonly write: boolean;
}

/** @returns undefined if the arguments are invalid */
function readCommand(args: readonly string[]): ImportCommand | undefined {
  const read = readArguments(args, {
    operations: { type: 'string', multiple: true, default: [] },
    accept: { type: 'string' },
    name: { type: 'string' },
    prefix: { type: 'string', default: '' },
    graph: { type: 'string', default: './graph.yaml' },
    write: { type: 'boolean', default: false },
  });
  if (read === undefined) return undefined;
  const { values, positionals } = read;
  const [file, ...others] = positionals;
  const accept = readAccepted(values.accept);
  if (file === undefined || others.length > 0 || accept === null) return undefined;
  if (!/^(?:[A-Z][A-Za-z\d]{0,30})?$/.test(values.prefix)) return undefined;
  return { file, ...values, name: values.name, accept };
}

/** @returns null for an unknown kind of proposal */
function readAccepted(accepted: string | undefined): readonly ProposalKind[] | undefined | null {
  if (accepted === undefined) return undefined;
  if (accepted === 'all') return PROPOSAL_KINDS;
  const words = accepted.split(',').map((word) => word.trim());
  const kinds = PROPOSAL_KINDS.filter((kind) => words.includes(kind));
  return kinds.length === new Set(words).size ? kinds : null;
}

/** A file that the command writes. */
interface Target {
  readonly path: string;
  readonly text: string;
  /** The changed lines; undefined for a new file. */
  readonly changes: readonly string[] | undefined;
  readonly isEdited: boolean;
}

class ImportRun {
  readonly #command: ImportCommand;
  readonly #output: CommandOutput;
  readonly #builtIn: BuiltInSources;
  readonly #prompt: Prompt | undefined;

  constructor(
    command: ImportCommand,
    output: CommandOutput,
    builtIn: BuiltInSources,
    prompt: Prompt | undefined,
  ) {
    this.#command = command;
    this.#output = output;
    this.#builtIn = builtIn;
    this.#prompt = prompt;
  }

  async run(): Promise<number> {
    const { file } = this.#command;
    const document = this.#read();
    const operations = await this.#choose(listOperations(document));
    if (operations === undefined) return 1;
    const name = this.#name(document);
    const api = await this.#import(document, operations, name);
    for (const { operation, reason } of api.notImported)
      this.#output.report(`Left out: ${operation.method} ${operation.path}: ${reason}`);
    if (api.fields.length === 0)
      throw new ImportRefused(`None of the operations of ${file} can be a field.`);
    return this.#write(document, operations, api, name);
  }

  #read(): ApiDocument {
    const { file } = this.#command;
    if (/^[a-z][a-z\d+.-]+:\/\//i.test(file))
      throw new ImportRefused(`Documents are read from files. Download it first: ${file}`);
    const text = readTextFile(file);
    if (text === undefined) throw new ImportRefused(`${file} cannot be read.`);
    return readDocument(text, file);
  }

  #name(document: ApiDocument): string {
    const { name = subgraphName(document.title ?? basename(this.#command.file)) } = this.#command;
    if (!/^[a-z][a-z\d_-]{0,39}$/.test(name))
      throw new ImportRefused(
        `--name must have 1 to 40 lower-case letters, digits, - and _, the first one a letter, but is "${name.slice(0, 60)}".`,
      );
    if (this.#builtIn.modules.some((module) => module.name === name))
      throw new ImportRefused(
        `The built-in subgraph ${name} has the name already. Choose another one with --name.`,
      );
    return name;
  }

  /** @returns undefined if nothing is chosen; the choices have then been printed */
  async #choose(all: readonly ApiOperation[]): Promise<readonly ApiOperation[] | undefined> {
    const { operations: patterns, file } = this.#command;
    if (all.length === 0) throw new ImportRefused(`${file} has no operations.`);
    let wanted = patterns;
    if (wanted.length === 0) {
      const width = String(all.length).length;
      all.forEach((one, index) => {
        this.#output.write(`${String(index + 1).padStart(width)}  ${describeOperation(one)}`);
      });
      if (this.#prompt === undefined) {
        this.#output.report(
          "Choose operations: --operations listOrders, or --operations 'GET /orders/*', several times; * stands for a part of a path, ** for any number of them.",
        );
        return undefined;
      }
      const answer = await this.#prompt('Operations (numbers such as 1,4-6, or patterns): ');
      wanted = answer.split(',').flatMap((word) => word.trim() || []);
    }
    const numbered = wanted.flatMap((word) => numbersOf(word, all));
    const others = wanted.filter((word) => numbersOf(word, all).length === 0);
    const { chosen, unmatched } = chooseOperations(all, others);
    for (const pattern of unmatched)
      this.#output.report(`No operation of ${file} matches "${pattern.slice(0, 200)}".`);
    if (unmatched.length > 0) return undefined;
    const both = new Set([...numbered, ...chosen]);
    return both.size === 0 ? undefined : all.filter((one) => both.has(one));
  }

  async #import(
    document: ApiDocument,
    operations: readonly ApiOperation[],
    name: string,
  ): Promise<ImportedApi> {
    const { prefix, accept } = this.#command;
    const { modules, readSdl } = this.#builtIn;
    const taken = takenIn(modules.map((module) => readSdl(module.name)));
    const options = { name, operations, prefix, taken };
    if (accept !== undefined || this.#prompt === undefined) {
      const api = importApi(document, {
        ...options,
        accept: ({ kind }) => accept?.includes(kind) === true,
      });
      for (const one of api.proposals)
        if (!api.accepted.has(one))
          this.#output.report(`Proposed (--accept ${one.kind}): ${one.reason}`);
      return api;
    }
    const { proposals } = importApi(document, options);
    const accepted = await this.#askFor(proposals);
    return importApi(document, { ...options, accept: ({ reason }) => accepted.has(reason) });
  }

  async #askFor(proposals: readonly Proposal[]): Promise<ReadonlySet<string>> {
    const accepted = new Set<string>();
    for (const { kind, reason } of proposals) {
      const answer = await this.#prompt?.(`${kind}: ${reason} Accept? [y/N] `);
      if (/^y(?:es)?$/i.test(answer ?? '')) accepted.add(reason);
    }
    return accepted;
  }

  async #write(
    document: ApiDocument,
    operations: readonly ApiOperation[],
    api: ImportedApi,
    name: string,
  ): Promise<number> {
    const { graph } = this.#command;
    const connectors = `./${name}.graphql`;
    const sdl = this.#target(join(dirname(graph), connectors), api.sdl);
    const file = this.#check(name, connectors, sdl.text);
    if (file === undefined) return 1;
    const policy = policyFor(document, operations, api, name);
    const entry = { name, connectors, policy: policy.lines };
    const before = readTextFile(graph);
    const after =
      before === undefined
        ? newGraphFile(
            this.#builtIn.modules.map((module) => module.name),
            entry,
          )
        : withGraphEntry(before, graph, entry);
    const tests = this.#target(
      join(dirname(graph), `${name}.connector.yaml`),
      writeContractTests(api, document, file, connectors),
    );
    const targets = [sdl, tests];
    if (!(await this.#mayWrite(targets))) return targets.some(({ isEdited }) => isEdited) ? 1 : 0;
    mkdirSync(dirname(graph), { recursive: true });
    if (before !== after) writeFileSync(graph, after);
    for (const { path, text } of targets) writeFileSync(path, text);
    for (const path of [...targets.map((target) => target.path), graph]) this.#output.write(path);
    this.#output.report(
      `${String(api.fields.length)} of ${String(operations.length)} operations are fields now. Check the graph: ${[...policy.variables.map((variable) => `${variable}=...`), 'tributary check --graph', graph].join(' ')}`,
    );
    return 0;
  }

  #target(path: string, generated: string): Target {
    const source = basename(this.#command.file);
    const known = readTextFile(path);
    if (known === undefined)
      return { path, text: writtenFile(generated, source), changes: undefined, isEdited: false };
    const written = readWrittenFile(known, path);
    const changes = differences(written.generated, generated);
    const text = writtenFile(generated, source, written.own);
    return { path, text, changes, isEdited: written.isEdited && changes.length > 0 };
  }

  /** Prints the differences to existing files. */
  async #mayWrite(targets: readonly Target[]): Promise<boolean> {
    const changed = targets.filter(({ changes = [] }) => changes.length > 0);
    for (const { path, changes = [] } of changed) {
      this.#output.write(`${path}:`);
      for (const line of changes) this.#output.write(`  ${line}`);
    }
    const edited = targets.filter(({ isEdited }) => isEdited);
    for (const { path } of edited)
      this.#output.report(
        `${path} was edited above the line "Your own", so it is not written. Move the edits below that line, or remove the file.`,
      );
    if (edited.length > 0) return false;
    if (changed.length === 0) {
      if (targets.every(({ changes }) => changes !== undefined))
        this.#output.report('Nothing has changed.');
      return true;
    }
    if (this.#command.write) return true;
    if (this.#prompt !== undefined && /^y(?:es)?$/i.test(await this.#prompt('Write it? [y/N] ')))
      return true;
    this.#output.report('Nothing was written. Use --write to write the files.');
    return false;
  }

  /** @returns undefined if the file has problems, which have then been printed */
  #check(name: string, path: string, sdl: string): ConnectorFile | undefined {
    const { file, problems = [] } = readConnectors({ name, path, sdl });
    const graph = {
      path: this.#command.graph,
      builtIn: this.#builtIn.modules.map((module) => module.name),
      extensions: new Map(),
      services: [],
    };
    const found =
      file === undefined
        ? problems
        : (composeGraph({ ...graph, connectors: [file] }, this.#builtIn).problems ?? []);
    if (found.length === 0) return file;
    found.forEach(this.#output.report);
    this.#output.report('Nothing was written: these operations make a file with problems.');
    return undefined;
  }
}

/** The operations of `4` and `4-6`. */
function numbersOf(word: string, all: readonly ApiOperation[]): readonly ApiOperation[] {
  const [, from, to = from] = /^(\d{1,6})(?:\s*-\s*(\d{1,6}))?$/.exec(word.trim()) ?? [];
  return from === undefined ? [] : all.slice(Math.max(0, Number(from) - 1), Number(to));
}
