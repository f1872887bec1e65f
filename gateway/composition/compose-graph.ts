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
import { withoutInheritedTags } from './audience-tags.ts';
import { mergeExtensions } from './merge-extensions.ts';
import { withDescriptionsOf } from './schema-elements.ts';
import { overriddenFields, takenFromApi } from './taken-from-api.ts';

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
  const problems: string[] = [];
  const sources = graph.services.flatMap((service) => {
    const document = parseSdl(service, problems);
    if (document === undefined) return [];
    for (const { line, message } of overriddenFields(document, graph.builtIn))
      problems.push(`${service.schema.path}:${String(line)}: ${message}`);
    return [{ service, document }];
  });
  const extensions = readExtensions(graph, builtIn, problems);
  if (problems.length > 0) return { problems };
  const own = graph.builtIn.map((name) => ({
    name,
    // For other gateways over the composed supergraph: this process embeds the subgraph.
    url: defaultUrlOf(name, builtIn.modules),
    typeDefs: parse(extensions.get(name)?.sdl ?? readSdl(name)),
  }));
  const embedded = composeServices(own);
  if (embedded.supergraphSdl === undefined)
    return { problems: [incomplete(graph, builtIn.modules, embedded.errors)] };
  const ours = new Supergraph(embedded.supergraphSdl);
  const compose = (some: readonly Source[]) => composeWith(some, own, ours);
  const { whole, messages } = compose(sources);
  if (whole === undefined || messages.length > 0)
    return { problems: new ProblemPlaces(sources, graph.path, compose).locateAll(messages) };
  const before = extensions.size === 0 ? ours.document : withoutExtensions(graph, readSdl);
  const tagged = withoutInheritedTags(before, withDescriptionsOf(ours.document, whole.document));
  const supergraph = new Supergraph(print(tagged), tagged);
  return { composed: { embedded: ours, supergraph, extensions } };
}

interface Source {
  readonly service: GraphService;
  readonly document: DocumentNode;
}

interface ComposedSources {
  /** Undefined where composition is not possible. */
  readonly whole?: Supergraph;
  /** What is wrong. */
  readonly messages: readonly string[];
}

function composeWith(
  sources: readonly Source[],
  own: Parameters<typeof composeServices>[0],
  ours: Supergraph,
): ComposedSources {
  const parts = sources.map(({ service: { name, url }, document }) => ({
    name,
    url,
    typeDefs: document,
  }));
  const { supergraphSdl, errors } = composeServices([...own, ...parts]);
  if (supergraphSdl === undefined) return { messages: errors.map(({ message }) => message) };
  const whole = new Supergraph(supergraphSdl);
  return {
    whole,
    messages: takenFromApi(
      ours,
      whole,
      own.map(({ name }) => name),
    ),
  };
}

/** Where `start:subgraph` serves a built-in subgraph. */
function defaultUrlOf(name: string, modules: BuiltInSources['modules']): string {
  const port = modules.find((module) => module.name === name)?.port;
  return `http://localhost:${String(port)}/graphql`;
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

/** Puts the file and the line before messages that name a subgraph or a `Type.field`. */
class ProblemPlaces {
  readonly #sources: readonly Source[];
  readonly #graphPath: string;
  /** The messages of each service alone. */
  readonly #alone: ReadonlyMap<Source, readonly string[]>;

  constructor(
    sources: readonly Source[],
    graphPath: string,
    compose: (some: readonly Source[]) => ComposedSources,
  ) {
    this.#sources = sources;
    this.#graphPath = graphPath;
    this.#alone = new Map(
      sources.length === 1 ? [] : sources.map((source) => [source, compose([source]).messages]),
    );
  }

  locateAll(messages: readonly string[]): readonly string[] {
    return messages.map((message) => this.#locate(message));
  }

  #locate(message: string): string {
    const text = message.slice(0, MAX_CHARACTERS);
    const suspects = this.#suspects(message);
    // The first word of a sentence is no name.
    const coordinates = [
      ...text.slice(text.indexOf(' ')).matchAll(/\b([A-Za-z_]\w*)(?:\.([A-Za-z_]\w*))?/g),
    ].map(([, type = '', field]) => ({ type, field }));
    for (const isExact of [true, false])
      for (const { service, document } of suspects)
        for (const { type, field } of coordinates) {
          if (isExact && field === undefined) continue;
          const line = lineOf(document, type, isExact ? field : undefined);
          if (line !== undefined) return `${service.schema.path}:${String(line)}: ${text}`;
        }
    const [only, ...others] = suspects;
    return only !== undefined && others.length === 0
      ? `${only.service.schema.path}:1: ${text}`
      : `${this.#graphPath}: ${text}`;
  }

  /** The services that can be meant: the one that the message begins with, those that lead to it alone, or those that it names. */
  #suspects(message: string): readonly Source[] {
    const named = /^\[([\w-]+)\]/.exec(message)?.[1];
    if (named !== undefined) return this.#sources.filter(({ service }) => service.name === named);
    const guilty = this.#sources.filter((source) => this.#alone.get(source)?.includes(message));
    if (guilty.length > 0) return guilty;
    const quoted = this.#sources.filter(({ service }) => message.includes(`"${service.name}"`));
    return quoted.length > 0 ? quoted : this.#sources;
  }
}

/** Characters of a message; it may quote a schema. */
const MAX_CHARACTERS = 2000;

/** @param field undefined for the type itself */
function lineOf(
  { definitions }: DocumentNode,
  type: string,
  field: string | undefined,
): number | undefined {
  const nodes = definitions.filter((node) => isNamedType(node) && node.name.value === type);
  const found =
    field === undefined
      ? nodes
      : nodes.flatMap((node) =>
          [
            ...('fields' in node ? (node.fields ?? []) : []),
            ...('values' in node ? (node.values ?? []) : []),
          ].filter(({ name }) => name.value === field),
        );
  return found[0]?.loc?.startToken.line;
}

const isNamedType = (node: DefinitionNode) =>
  isTypeDefinitionNode(node) || isTypeExtensionNode(node);
