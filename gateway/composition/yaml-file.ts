import { dirname, resolve } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import { readTextFile } from '../../settings/text-file.ts';
import type { Environment } from '../../settings/settings.ts';

/** The keys and indices that lead to a value. */
export type Place = readonly PropertyKey[];

/** SDL, and where it is. */
export interface SdlFile {
  /** As the file that names it does. */
  readonly path: string;
  readonly sdl: string;
}

/** Either what the file says, or what is wrong with it: a sentence each, with file and line. */
export type ReadYaml<T> =
  | { readonly file: YamlFile; readonly data: T; readonly problems?: never }
  | { readonly file?: never; readonly data?: never; readonly problems: readonly string[] };

/**
 * Reads a YAML file. `${NAME}` in a value stands for an environment variable.
 * @param setting names the file in messages: `GRAPH`
 */
export function readYamlFile<T>(
  path: string,
  environment: Environment,
  schema: z.ZodType<T>,
  setting: string,
): ReadYaml<T> {
  const text = readTextFile(path);
  if (text === undefined)
    return { problems: [`${setting} must name a file that can be read, but is "${path}".`] };
  if (text.length > MAX_CHARACTERS)
    return { problems: [`${path} must have at most ${String(MAX_CHARACTERS)} characters.`] };
  const file = new YamlFile(path, text);
  file.replaceVariables(environment);
  if (file.problems.length > 0) return { problems: file.problems };
  const read = schema.safeParse(file.value());
  if (read.success) return { file, data: read.data };
  for (const issue of read.error.issues) file.addIssue(issue);
  return { problems: file.problems };
}

export const MAX_CHARACTERS = 1_000_000;

/** A YAML file that knows the lines of its values. */
export class YamlFile {
  readonly problems: string[] = [];
  readonly #path: string;
  readonly #lines = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { pos, message } of this.#document.errors)
      this.problems.push(`${this.#at(pos[0])} ${message.replace(/\.?$/, '.')}`);
  }

  value(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 }) as unknown;
  }

  /** Writes the values of environment variables for `${NAME}`. */
  replaceVariables(environment: Environment): void {
    visit(this.#document, {
      Scalar: (_key, node) => {
        if (typeof node.value !== 'string') return;
        const offset = node.range?.[0] ?? 0;
        node.value = node.value.replace(/\$\{([A-Za-z_]\w{0,99})\}/g, (_all, name: string) => {
          const value = (Object.hasOwn(environment, name) && environment[name]) || '';
          if (value === '')
            this.problems.push(
              `${this.#at(offset)} needs the environment variable ${name}, which is not set.`,
            );
          return value;
        });
      },
    });
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
          ? 'is no name of a subgraph: it must have lower-case letters, digits, - and _ only'
          : issue.message;
    this.add(issue.path, message);
  }

  /**
   * Reads a file that a value names, relative to this one.
   * @returns undefined where it cannot be read, which is then a problem
   */
  readSdl(place: Place, named: string): SdlFile | undefined {
    const sdl = readTextFile(this.resolve(named));
    if (sdl !== undefined) return { path: named, sdl };
    this.add(place, `must name a file that can be read, but is "${named}"`);
    return undefined;
  }

  /** @param named is a path relative to this file */
  resolve(named: string): string {
    return resolve(dirname(this.#path), named);
  }

  /** @param message continues the name of the place */
  add(place: Place, message: string): void {
    this.problems.push(
      `${this.#at(this.#offsetOf(place))} ${place.join('.')} ${message.replace(/\.?$/, '.')}`,
    );
  }

  /** Where the key of a place is, or of the nearest place around it. */
  #offsetOf(place: Place): number {
    let offset = 0;
    let node: unknown = this.#document.contents;
    for (const part of place) {
      if (isSeq(node)) node = node.items[Number(part)];
      else if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
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
