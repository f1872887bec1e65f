import { composeServices } from '@theguild/federation-composition';
import {
  type DefinitionNode,
  type DocumentNode,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  isTypeSystemDefinitionNode,
  isTypeSystemExtensionNode,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';
import { parseSdl } from '../../subgraphs/extensions/parse-sdl.ts';
import type { Extension } from '../../subgraphs/extensions/read-extension.ts';
import { unexecutedFeatures } from '../supergraph/unexecuted-features.ts';
import { Supergraph } from '../supergraph/supergraph.ts';
import { type BuiltInSources, readExtensions } from './graph-extensions.ts';
import type { GraphFile, GraphService } from './graph-file.ts';
import { changedTags, withoutInheritedTags } from './audience-tags.ts';
import { mergeExtensions } from './merge-extensions.ts';
import { takenFromApi } from './taken-from-api.ts';

/** The supergraphs that a `graph.yaml` stands for. */
export interface ComposedGraph {
  readonly supergraph: Supergraph;
  /** Of the built-in subgraphs alone, with their custom fields. */
  readonly embedded: Supergraph;
  /** Custom fields, by the names of the built-in subgraphs. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** Either the graph, or why it has none: a sentence each, with file and line. */
export type Composition =
  | { readonly composed: ComposedGraph; readonly problems?: never }
  | { readonly composed?: never; readonly problems: readonly string[] };

/**
 * Composes built-in subgraphs and services. A service may add to the API of the built-in subgraphs and take nothing from it.
 */
export function composeGraph(graph: GraphFile, builtIn: BuiltInSources): Composition {
  const { readSdl } = builtIn;
  const { services } = graph;
  const problems: string[] = [];
  const parts = services.flatMap((service) => {
    const typeDefs = readServiceSdl(service, problems);
    return typeDefs === undefined ? [] : [{ name: service.name, url: service.url, typeDefs }];
  });
  const extensions = readExtensions(graph, builtIn, problems);
  if (problems.length > 0) return { problems };
  const own = graph.builtIn.map((name) => ({
    name,
    typeDefs: parse(extensions.get(name)?.sdl ?? readSdl(name)),
  }));
  const sources = [
    ...services.map(({ name, schema: { path } }, index) => ({
      name,
      path,
      document: parts[index]?.typeDefs,
    })),
    ...[...graph.extensions].map(([name, { path, sdl }]) => ({
      name,
      path,
      document: parseSdl(sdl).document,
    })),
  ];
  const refused = (messages: readonly string[]) => ({
    problems: messages.map((message) => locate(message, sources, graph.path)),
  });
  const embedded = composeServices(own);
  if (embedded.supergraphSdl === undefined)
    return extensions.size === 0 || !isComplete(graph, readSdl)
      ? { problems: [incomplete(graph, builtIn.modules, embedded.errors[0]?.message)] }
      : refused(embedded.errors.map(({ message }) => message));
  const whole = composeServices([...own, ...parts]);
  if (whole.supergraphSdl === undefined) return refused(whole.errors.map(({ message }) => message));
  const ours = new Supergraph(embedded.supergraphSdl);
  const all = new Supergraph(whole.supergraphSdl);
  const taken = [
    ...takenFromApi(ours, all, graph.builtIn),
    ...changedTags(ours.document, all.document),
    ...unexecutedFeatures(all.document).map(
      (feature) => `A service must not use ${feature}, which this gateway does not execute.`,
    ),
  ];
  if (taken.length > 0) return refused(taken);
  const before = extensions.size === 0 ? ours.document : withoutExtensions(graph, readSdl);
  const tagged = withoutInheritedTags(before, all.document);
  const supergraph = new Supergraph(print(tagged), tagged);
  return { composed: { embedded: ours, supergraph, extensions } };
}

/** The built-in subgraphs as they are without custom fields. */
function withoutExtensions(graph: GraphFile, readSdl: BuiltInSources['readSdl']): DocumentNode {
  const { supergraphSdl } = composeBuiltIn(graph, readSdl);
  if (supergraphSdl === undefined)
    throw new TypeError('The built-in subgraphs were expected to compose without custom fields.');
  return parse(supergraphSdl, { noLocation: true });
}

const isComplete = (graph: GraphFile, readSdl: BuiltInSources['readSdl']) =>
  composeBuiltIn(graph, readSdl).supergraphSdl !== undefined;

const composeBuiltIn = ({ builtIn }: GraphFile, readSdl: BuiltInSources['readSdl']) =>
  composeServices(builtIn.map((name) => ({ name, typeDefs: parse(readSdl(name)) })));

/** Built-in subgraphs that join each other cannot be without each other. */
function incomplete(
  { path, builtIn }: GraphFile,
  modules: BuiltInSources['modules'],
  error = '',
): string {
  const missing = modules.filter(({ name }) => !builtIn.includes(name)).map(({ name }) => name);
  const reason = error.slice(0, MAX_CHARACTERS);
  if (builtIn.length === 0)
    return `${path}: the graph has no built-in subgraph. Add ${missing.join(', ')} or some of them: { builtin: ${missing[0] ?? ''} }.`;
  return missing.length === 0
    ? `${path}: the built-in subgraphs cannot be composed: ${reason}`
    : `${path}: the built-in subgraphs ${builtIn.join(', ')} need others that the graph leaves out. Add one of ${missing.join(', ')} or all of them.`;
}

function readServiceSdl(
  { schema: { path, sdl }, name }: GraphService,
  problems: string[],
): DocumentNode | undefined {
  const { document, problem, line = 1 } = parseSdl(sdl);
  const other = document?.definitions.find(
    (node) => !isTypeSystemDefinitionNode(node) && !isTypeSystemExtensionNode(node),
  );
  const refuse = (reason: string, at = line) => {
    problems.push(`${path}:${String(at)}: the SDL of the service ${name} ${reason}`);
  };
  if (document === undefined) refuse(`cannot be parsed: ${problem}`);
  else if (document.definitions.length === 0) refuse('is empty.');
  else if (other !== undefined)
    refuse('has an operation. Keep definitions of types only.', other.loc?.startToken.line);
  else return mergeExtensions(withKnownVersion(document));
  return undefined;
}

/** Federation 2.10 and later added directives alone, and one of those is refused by its name. */
function withKnownVersion(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.STRING]: (node) =>
      NEWER_FEDERATION.test(node.value) ? { ...node, value: KNOWN_FEDERATION } : undefined,
  });
}

const KNOWN_FEDERATION = 'https://specs.apollo.dev/federation/v2.9';
const NEWER_FEDERATION = /^https:\/\/specs\.apollo\.dev\/federation\/v2\.\d\d$/;

/** SDL that an operator wrote. */
interface Source {
  /** Of its subgraph. */
  readonly name: string;
  readonly path: string;
  readonly document: DocumentNode | undefined;
}

/** Puts the file and the line before a message that names a subgraph, a `Type.field`, a directive or a type. */
function locate(message: string, sources: readonly Source[], graphPath: string): string {
  const text = `${message.replace(/\s+/g, ' ').slice(0, MAX_CHARACTERS).replace(/\.?$/, '.')}${adviceFor(message)}`;
  const named = /^\[([\w-]+)\]/.exec(text)?.[1];
  const coordinates = [...text.matchAll(/\b([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?\b/g)];
  for (const { name, path, document } of sources) {
    if (named !== undefined && named !== name) continue;
    const lines = coordinates.flatMap(
      ([, type = '', field]) => lineOf(document, type, field) ?? [],
    );
    const line = unknownName(text, document) ?? lines[0];
    if (line !== undefined || named === name)
      return `${path}:${String(line ?? lineOfQuoted(text, document) ?? 1)}: ${text}`;
  }
  return `${graphPath}: ${text}`;
}

/** What to do about what composition finds most often. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /^Non-shareable field/,
    ' Remove it from the service, or where it is a key of the type, add @key to the type.',
  ],
  [
    /cannot be satisfied by the subgraphs/,
    ' Give the type of the service a @key that the other subgraphs have: @key(fields: "id").',
  ],
  [/\bUnknown type/, ' Define it, or correct its name.'],
  [/\bUnknown directive/, ' Define it, import it by @link, or correct its name.'],
  [/\bInvalid version/, ' Link v2.9.'],
];

const adviceFor = (message: string) => ADVICE.find(([pattern]) => pattern.test(message))?.[1] ?? '';

/** Characters of a message; it may quote a schema. */
const MAX_CHARACTERS = 2000;

/** Where a type or a directive is used that is not defined: `Unknown type Foo`. */
function unknownName(text: string, document: DocumentNode | undefined): number | undefined {
  const name = /\bUnknown (?:type|directive) "?@?(\w+)/.exec(text)?.[1];
  if (name === undefined || document === undefined) return undefined;
  let line: number | undefined;
  const find = (node: {
    readonly name: { readonly value: string };
    readonly loc?: DefinitionNode['loc'];
  }) => {
    if (node.name.value === name) line ??= node.loc?.startToken.line;
  };
  visit(document, { NamedType: find, Directive: find });
  return line;
}

/** Where a text is that a message quotes, or a version that it names: of `@link` for example. */
function lineOfQuoted(text: string, document: DocumentNode | undefined): number | undefined {
  const words = [...text.matchAll(/"([^"]+)"|\b(v\d+\.\d+)\b/g)].map(
    ([, quoted, version = '']) => quoted ?? `/${version}`,
  );
  let line: number | undefined;
  if (document !== undefined)
    visit(document, {
      [Kind.STRING]: ({ value, loc }) => {
        if (words.some((word) => value === word || value.endsWith(word)))
          line ??= loc?.startToken.line;
      },
    });
  return line;
}

function lineOf(
  document: DocumentNode | undefined,
  type: string,
  field: string | undefined,
): number | undefined {
  for (const definition of document?.definitions ?? []) {
    if (!isNamedType(definition) || definition.name.value !== type) continue;
    const fields = 'fields' in definition ? (definition.fields ?? []) : [];
    const found =
      field === undefined ? definition : fields.find(({ name }) => name.value === field);
    const line = (found ?? definition).loc?.startToken.line;
    if (line !== undefined) return line;
  }
  return undefined;
}

const isNamedType = (node: DefinitionNode) =>
  isTypeDefinitionNode(node) || isTypeExtensionNode(node);
