import { dirname, resolve } from 'node:path';
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Scalar,
  visit,
  type YAMLError,
} from 'yaml';
import type { z } from 'zod';
import { readTextFile } from '../../settings/text-file.ts';
import { readSecretFiles } from '../../settings/secret-files.ts';
import type { Environment } from '../../settings/settings.ts';

/** The keys and indices that lead to a value. */
export type Place = readonly PropertyKey[];

/** The SDL of a file. */
export interface SdlFile {
  /** The path as the naming file has it. */
  readonly path: string;
  readonly sdl: string;
}

/** The parsed data, or the problems of the file: one sentence each, with file and line. */
export type ReadYaml<T> =
  | { readonly file: YamlFile; readonly data: T; readonly problems?: never }
  | { readonly file?: never; readonly data?: never; readonly problems: readonly string[] };

/**
 * Reads a YAML file. `${NAME}` in a value stands for an environment variable.
 * @param setting names the file in messages: `GRAPH`
 * @param checkRefused finds further problems of an invalid file, so that one run lists all problems
 */
export function readYamlFile<T>(
  path: string,
  environment: Environment,
  schema: z.ZodType<T>,
  setting: string,
  checkRefused: (file: YamlFile, value: unknown) => void = () => undefined,
): ReadYaml<T> {
  const text = readTextFile(path);
  if (text === undefined)
    return { problems: [`${setting} must name a file that can be read, but is "${path}".`] };
  if (text.length > MAX_CHARACTERS)
    return { problems: [`${path} must have at most ${String(MAX_CHARACTERS)} characters.`] };
  const file = new YamlFile(path, text);
  if (file.problems.length > 0) return { problems: file.problems };
  file.replaceVariables(environment);
  const value = file.value();
  const read = schema.safeParse(value, { error: describeIssue });
  if (read.success && file.problems.length === 0) return { file, data: read.data };
  for (const issue of read.error?.issues ?? []) file.addIssue(issue);
  checkRefused(file, value);
  return { problems: file.problems };
}

export const MAX_CHARACTERS = 1_000_000;

/** The message for zod issues without a message of their schema. It continues the name of the value. */
export function describeIssue(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'too_big') return `must have at most ${String(issue.maximum)} entries`;
  if (issue.code !== 'invalid_type') return undefined;
  const { expected, input } = issue;
  if (input === undefined) return 'must be set';
  return `must be ${EXPECTED[expected] ?? expected}, but is ${describe(input)}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  array: 'a list',
  string: 'text',
};

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : quote(value);
}

/** Quotes a value for a message; bounded. */
const quote = (value: unknown) => JSON.stringify(value).slice(0, MAX_QUOTED);

const MAX_QUOTED = 100;

/** The name of an environment variable. Other text in braces is an error. */
const VARIABLE = /\$\{(?:([A-Za-z_]\w{0,99})\})?/g;

/** Whether the parser stopped at the depth limit. It recurses for each level; errors after that are artefacts. */
const isTooDeep = ({ code, message }: YAMLError) =>
  code === 'RESOURCE_EXHAUSTION' || message.startsWith('Maximum call stack');

const MAX_SDL_CHARACTERS = 10_000_000;

/** A YAML file that knows the lines of its values. */
export class YamlFile {
  readonly problems: string[] = [];
  readonly #path: string;
  readonly #text: string;
  readonly #lines = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;
  /** Offsets of values whose variable is not set. They get no further message. */
  readonly #unset = new Set<number>();

  constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const { errors, warnings } = this.#document;
    const all = [...errors, ...warnings];
    const tooDeep = all.find(isTooDeep);
    const found = (tooDeep === undefined ? all : [tooDeep]).map(
      (error) => `${this.#at(error.pos[0])} ${this.#describe(error)}`,
    );
    this.problems.push(...new Set(found));
    if (found.length === 0) this.#checkNames();
  }

  /** Checks anchors of aliases, and keys. */
  #checkNames(): void {
    visit(this.#document, {
      Alias: (_key, node) => {
        if (node.resolve(this.#document) === undefined)
          this.#addAt(
            node.range?.[0] ?? 0,
            `the alias *${node.source} has no anchor &${node.source} before it.`,
          );
      },
      // An object cannot have `__proto__` as an own key when it is set by assignment.
      Pair: (_key, { key }) => {
        if (isScalar(key) && key.value === '__proto__')
          this.#addAt(key.range?.[0] ?? 0, '__proto__ cannot be a key.');
      },
    });
    try {
      this.value();
    } catch (error) {
      // The visit above has reported aliases without an anchor.
      if (!(error instanceof ReferenceError)) throw error;
      if (this.problems.length === 0)
        this.#addAt(0, 'its aliases stand for too much. Write out what they stand for.');
    }
  }

  /** A message for the author of the file in place of the parser's message. */
  #describe(error: YAMLError): string {
    if (isTooDeep(error)) return 'values are nested too deeply.';
    const {
      code,
      message,
      pos: [start],
    } = error;
    if (code === 'MULTIPLE_DOCS') return 'a second document begins. Keep one, without ---.';
    if (code === 'TAG_RESOLVE_FAILED') return `${message}. Remove it.`;
    if (code === 'DUPLICATE_KEY') {
      const key = /^[^\s:]{0,100}/.exec(this.#text.slice(start, start + MAX_QUOTED))?.[0] ?? '';
      return `the key ${key} is there twice. Remove one.`;
    }
    return message.replace(/\.?$/, '.');
  }

  value(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 }) as unknown;
  }

  /** Replaces `${NAME}` by the values of environment variables. */
  replaceVariables(environment: Environment): void {
    visit(this.#document, {
      Scalar: (key, node) => {
        if (key !== 'key') this.#replaceIn(node, environment);
      },
    });
  }

  #replaceIn(node: Scalar, environment: Environment): void {
    if (typeof node.value !== 'string' || !node.value.includes('${')) return;
    const offset = node.range?.[0] ?? 0;
    const isWhole = /^\$\{\w+\}$/.test(node.value);
    const refuse = (problem: string) => {
      this.#unset.add(offset);
      this.#addAt(offset, problem);
      return '';
    };
    const text = node.value.replace(VARIABLE, (_all, name: string | undefined) => {
      if (name === undefined)
        return refuse(
          'needs the name of an environment variable after ${, and nothing else: ${LOYALTY_URL}.',
        );
      const problems: string[] = [];
      const known = readSecretFiles(environment, [name], problems);
      const value = (Object.hasOwn(known, name) && known[name]) || '';
      const [problem] = problems;
      if (problem !== undefined) return refuse(`needs ${name}: ${problem}`);
      return value === ''
        ? refuse(`needs the environment variable ${name}, which is not set.`)
        : value;
    });
    // As YAML would read the number without quotation marks.
    node.value = isWhole && node.type === 'PLAIN' && /^\d{1,9}$/.test(text) ? Number(text) : text;
  }

  addIssue(issue: z.core.$ZodIssue): void {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        this.add([...issue.path, key], 'is not known here; check its spelling');
      return;
    }
    const message =
      issue.code === 'invalid_value' && issue.path.at(-1) === 'builtin'
        ? `must be one of ${issue.values.join(', ')}`
        : issue.code === 'invalid_key'
          ? 'is no name of a subgraph: it must have 1 to 40 lower-case letters, digits, - and _, the first one a letter'
          : issue.message;
    this.add(issue.path, message);
  }

  /**
   * Reads an SDL file whose path is relative to this file.
   * @returns undefined if it cannot be read; the problem has then been added
   */
  readSdl(place: Place, named: string): SdlFile | undefined {
    const sdl = readTextFile(this.resolve(named));
    if (sdl === undefined) this.add(place, `must name a file that can be read, but is "${named}"`);
    else if (sdl.length > MAX_SDL_CHARACTERS)
      this.add(place, `must name a file of at most ${String(MAX_SDL_CHARACTERS)} characters`);
    else return { path: named, sdl };
    return undefined;
  }

  /** The line of a place or of its nearest parent, from 1. */
  lineOf(place: Place): number {
    return this.#lines.linePos(this.#offsetOf(place)).line;
  }

  /** @param named is a path relative to this file */
  resolve(named: string): string {
    return resolve(dirname(this.#path), named);
  }

  /**
   * @param message continues the name of the place
   * @param code a prefix in brackets
   */
  add(place: Place, message: string, code?: string): void {
    const offset = this.#offsetOf(place);
    if (this.#unset.has(offset)) return;
    const named = place.length === 0 ? 'the file' : place.join('.');
    const prefix = code === undefined ? '' : `[${code}] `;
    this.#addAt(offset, `${prefix}${named} ${message.replace(/\.?$/, '.')}`);
  }

  #addAt(offset: number, sentence: string): void {
    this.problems.push(`${this.#at(offset)} ${sentence}`);
  }

  /** The offset of the key of a place or of its nearest parent. */
  #offsetOf(place: Place): number {
    let offset = 0;
    let node: unknown = this.#document.contents;
    for (const part of place) {
      if (isSeq(node)) {
        node = node.items[Number(part)];
        if (isMap(node)) offset = node.range?.[0] ?? offset;
      } else if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === part);
        if (isScalar(pair?.key)) offset = pair.key.range?.[0] ?? offset;
        node = pair?.value;
      } else break;
      if (isScalar(node)) offset = node.range?.[0] ?? offset;
    }
    return offset;
  }

  #at(offset: number): string {
    return `${this.#path}:${String(this.#lines.linePos(offset).line)}:`;
  }
}
