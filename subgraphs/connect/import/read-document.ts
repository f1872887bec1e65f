import { upgrade } from '@scalar/openapi-upgrader';
import { parseDocument } from 'yaml';
import { isObject, type JsonObject, objectAt, textAt } from './json.ts';

/** Characters of a document. GitHub's, one of the largest, has 12 million including white space. */
const MAX_DOCUMENT = 20_000_000;

const MAX_DEPTH = 200;

/** An API cannot be imported. The message is a sentence for the user. */
export class ImportRefused extends Error {
  override readonly name = 'ImportRefused';
}

/**
 * Reads a document of OpenAPI 3.1 or 3.0, or of Swagger 2.0, as OpenAPI 3.1.
 * @param path the document's path in messages
 * @throws ImportRefused for other documents
 */
export function readDocument(text: string, path: string): ApiDocument {
  if (text.length > MAX_DOCUMENT)
    throw new ImportRefused(`${path} must have at most ${String(MAX_DOCUMENT)} characters.`);
  const value = parse(text, path);
  if (!isObject(value)) throw new ImportRefused(`${path} must have an object at its top.`);
  const { openapi, swagger } = value;
  const declared = openapi ?? swagger;
  const version =
    typeof declared === 'string' || typeof declared === 'number' ? String(declared) : '';
  if (!/^(?:2|2\.0|3\.[01](?:\.\d+)?)$/.test(version))
    throw new ImportRefused(
      `${path} must be of OpenAPI 3.1 or 3.0, or of Swagger 2.0, but ${version === '' ? 'names no version: "openapi" is missing' : `is of "${version.slice(0, 20)}"`}.`,
    );
  if (isTooDeep(value))
    throw new ImportRefused(`${path} must have values of at most ${String(MAX_DEPTH)} levels.`);
  return new ApiDocument(upgraded(value, path));
}

/** JSON is YAML too, but a JSON parser is faster. */
function parse(text: string, path: string): unknown {
  try {
    if (/^\s*\{/.test(text.slice(0, 1000))) return JSON.parse(text) as unknown;
  } catch {
    // The YAML parser's message has a line.
  }
  const document = parseDocument(text, { prettyErrors: true, logLevel: 'error' });
  const [error] = document.errors;
  if (error !== undefined)
    throw new ImportRefused(`${path} is neither JSON nor YAML: ${error.message.slice(0, 300)}`);
  try {
    return document.toJS({ maxAliasCount: 1000 }) as unknown;
  } catch {
    throw new ImportRefused(`${path} has aliases without an anchor, or too many of them.`);
  }
}

/** Without recursion, as the document determines the depth. */
function isTooDeep(value: unknown): boolean {
  let level = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) return true;
    const next: unknown[] = [];
    for (const one of level)
      if (typeof one === 'object' && one !== null)
        for (const below of Object.values(one)) next.push(below);
    level = next;
  }
  return false;
}

function upgraded(value: JsonObject, path: string): JsonObject {
  try {
    // YAML reads an unquoted 2.0 as a number.
    return { ...upgrade({ ...value, ...('swagger' in value && { swagger: '2.0' }) }, '3.1') };
  } catch (error) {
    throw new ImportRefused(`${path} cannot be read as OpenAPI: ${String(error).slice(0, 200)}`);
  }
}

/** A document of OpenAPI 3.1 that resolves its references. */
export class ApiDocument {
  readonly root: JsonObject;

  constructor(root: JsonObject) {
    this.root = root;
  }

  get title(): string | undefined {
    return textAt(objectAt(this.root, 'info'), 'title');
  }

  /**
   * Follows `$ref`.
   * @returns undefined for a missing target or a circular reference
   * @throws ImportRefused for a reference to another document
   */
  resolve(value: unknown): Resolved | undefined {
    let current = value;
    let name: string | undefined;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (!isObject(current)) return undefined;
      const { $ref } = current;
      if (typeof $ref !== 'string') return { value: current, name };
      const pointer = pointerOf($ref);
      name = pointer.at(-1) ?? name;
      current = this.#at(pointer);
    }
    return undefined;
  }

  #at(pointer: readonly string[]): unknown {
    let value: unknown = this.root;
    for (const key of pointer) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key))
        return undefined;
      // The cast is safe: it is an object or a list, and has the key.
      value = (value as Readonly<Record<string, unknown>>)[key];
    }
    return value;
  }
}

export interface Resolved {
  readonly value: JsonObject;
  /** The last part of the reference, which names its target. */
  readonly name: string | undefined;
}

const MAX_STEPS = 20;

/** RFC 6901 in a fragment. */
function pointerOf(reference: string): readonly string[] {
  const shown = JSON.stringify(reference.slice(0, 200));
  if (/^[a-z][a-z\d+.-]*:|^\/\//i.test(reference))
    throw new ImportRefused(
      `The $ref ${shown} is on the network, which is not read. Bundle the document into one file first.`,
    );
  if (!reference.startsWith('#'))
    throw new ImportRefused(
      `The $ref ${shown} is in another file, which is not read. Bundle the document into one file first.`,
    );
  return reference
    .slice(1)
    .split('/')
    .slice(1)
    .map((part) => decoded(part).replaceAll('~1', '/').replaceAll('~0', '~'));
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
