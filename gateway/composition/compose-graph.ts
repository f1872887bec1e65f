import { composeServices } from '@theguild/federation-composition';
import {
  type DefinitionNode,
  type DocumentNode,
  GraphQLError,
  isTypeDefinitionNode,
  isTypeExtensionNode,
  parse,
  print,
} from 'graphql';
import type { Extension } from '../../subgraphs/extensions/read-extension.ts';
import { Supergraph } from '../supergraph/supergraph.ts';
import { type BuiltInSources, readExtensions } from './graph-extensions.ts';
import type { GraphFile, GraphService } from './graph-file.ts';
import { changedTags, withoutInheritedTags } from './audience-tags.ts';
import { mergeExtensions } from './merge-extensions.ts';
import { takenFromApi } from './taken-from-api.ts';

/** The supergraphs that a `graph.yaml` stands for. */
export interface ComposedGraph {
  readonly supergraph: Supergraph;
  /** Of the subgraphs in this process: the built-in ones with their custom fields, and those of connectors. */
  readonly embedded: Supergraph;
  /** Custom fields, by the names of the built-in subgraphs. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** Either the graph, or why it has none: a sentence each, with file and line. */
export type Composition =
  | { readonly composed: ComposedGraph; readonly problems?: never }
  | { readonly composed?: never; readonly problems: readonly string[] };

/**
 * Composes built-in subgraphs, those of connectors and services. The latter two may add to the API of the built-in subgraphs and take nothing
 * from it.
 */
export function composeGraph(graph: GraphFile, builtIn: BuiltInSources): Composition {
  const { readSdl } = builtIn;
  const { services, connectors = [] } = graph;
  const problems: string[] = [];
  const parts = services.flatMap((service) => {
    const typeDefs = parseSdl(service, problems);
    return typeDefs === undefined ? [] : [{ name: service.name, url: service.url, typeDefs }];
  });
  const extensions = readExtensions(graph, builtIn, problems);
  if (problems.length > 0) return { problems };
  const own = graph.builtIn.map((name) => ({
    name,
    typeDefs: parse(extensions.get(name)?.sdl ?? readSdl(name)),
  }));
  const builtInOnly = composeServices(own);
  if (builtInOnly.supergraphSdl === undefined)
    return { problems: [incomplete(graph, builtIn.modules, builtInOnly.errors)] };
  const mapped = connectors.map(({ name, sdl }) => ({
    name,
    typeDefs: mergeExtensions(parse(sdl)),
  }));
  const sources: readonly Source[] = [
    ...services.map(({ name, schema }, index) => ({
      name,
      path: schema.path,
      document: parts[index]?.typeDefs,
    })),
    ...connectors.map(({ name, path, source }) => ({ name, path, document: parse(source) })),
  ];
  const located = (messages: readonly string[]) =>
    messages.map((message) => locate(message, sources, graph.path));
  const inProcess = composeServices([...own, ...mapped]);
  if (inProcess.supergraphSdl === undefined)
    return { problems: located(inProcess.errors.map(({ message }) => message)) };
  const whole = composeServices([...own, ...mapped, ...parts]);
  if (whole.supergraphSdl === undefined)
    return { problems: located(whole.errors.map(({ message }) => message)) };
  const ours = new Supergraph(builtInOnly.supergraphSdl);
  const all = new Supergraph(whole.supergraphSdl);
  const taken = [
    ...takenFromApi(ours, all, graph.builtIn),
    ...changedTags(ours.document, all.document),
  ];
  if (taken.length > 0) return { problems: located(taken) };
  const before = extensions.size === 0 ? ours.document : withoutExtensions(graph, readSdl);
  const tagged = withoutInheritedTags(before, all.document);
  const supergraph = new Supergraph(print(tagged), tagged);
  const embedded = connectors.length === 0 ? ours : new Supergraph(inProcess.supergraphSdl);
  return { composed: { embedded, supergraph, extensions } };
}

/** The built-in subgraphs as they are without custom fields. */
function withoutExtensions(
  { builtIn }: GraphFile,
  readSdl: BuiltInSources['readSdl'],
): DocumentNode {
  const { supergraphSdl } = composeServices(
    builtIn.map((name) => ({ name, typeDefs: parse(readSdl(name)) })),
  );
  if (supergraphSdl === undefined)
    throw new TypeError('The built-in subgraphs were expected to compose without custom fields.');
  return parse(supergraphSdl, { noLocation: true });
}

/** Built-in subgraphs that join each other cannot be without each other. */
function incomplete(
  { path, builtIn }: GraphFile,
  modules: BuiltInSources['modules'],
  errors: readonly GraphQLError[],
): string {
  const missing = modules.filter(({ name }) => !builtIn.includes(name)).map(({ name }) => name);
  const reason = errors[0]?.message.slice(0, MAX_CHARACTERS) ?? '';
  return missing.length === 0
    ? `${path}: the built-in subgraphs cannot be composed: ${reason}`
    : `${path}: the built-in subgraphs ${builtIn.join(', ')} need others that the graph leaves out. Add one of ${missing.join(', ')} or all of them.`;
}

function parseSdl({ schema, name }: GraphService, problems: string[]): DocumentNode | undefined {
  try {
    return mergeExtensions(parse(schema.sdl));
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const line = error.locations?.[0]?.line ?? 1;
    problems.push(
      `${schema.path}:${String(line)}: the SDL of the service ${name} cannot be parsed: ${error.message}`,
    );
    return undefined;
  }
}

/** What a file adds to the built-in subgraphs. */
interface Source {
  /** Of the subgraph. */
  readonly name: string;
  readonly path: string;
  readonly document: DocumentNode | undefined;
}

/** Puts the file and the line before a message that names a subgraph or a `Type.field`. */
function locate(message: string, sources: readonly Source[], graphPath: string): string {
  const text = message.slice(0, MAX_CHARACTERS);
  const named = /^\[([\w-]+)\]/.exec(text)?.[1];
  const coordinates = [...text.matchAll(/\b([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?\b/g)];
  for (const { name, path, document } of sources) {
    if (named !== undefined && named !== name) continue;
    const lines = coordinates.flatMap(
      ([, type = '', field]) => lineOf(document, type, field) ?? [],
    );
    const [line] = lines;
    if (line !== undefined || named === name) return `${path}:${String(line ?? 1)}: ${text}`;
  }
  return `${graphPath}: ${text}`;
}

/** Characters of a message; it may quote a schema. */
const MAX_CHARACTERS = 2000;

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
