import { composeServices } from '@theguild/federation-composition';
import {
  type DocumentNode,
  isTypeSystemDefinitionNode,
  isTypeSystemExtensionNode,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';
import { CONNECTOR_PORT } from '../../subgraphs/connect/connector-file.ts';
import { parseSdl } from '../../subgraphs/extensions/parse-sdl.ts';
import type { Extension } from '../../subgraphs/extensions/read-extension.ts';
import { Supergraph } from '../supergraph/supergraph.ts';
import { type BuiltInSources, readExtensions } from './graph-extensions.ts';
import type { GraphService, GraphToCompose } from './graph-file.ts';
import { withoutInheritedTags } from './audience-tags.ts';
import { mergeExtensions } from './merge-extensions.ts';
import { MAX_CHARACTERS, ProblemPlaces, type WrittenSdl } from './problem-places.ts';
import { withDescriptionsOf } from './schema-elements.ts';
import { overriddenFields, removedFromApi } from './removed-from-api.ts';

/** The supergraphs that a `graph.yaml` defines. */
export interface ComposedGraph {
  readonly supergraph: Supergraph;
  /** The subgraphs that run in this process: built-in ones with custom fields, and connectors. */
  readonly embedded: Supergraph;
  /** Custom fields, by the names of the built-in subgraphs. */
  readonly extensions: ReadonlyMap<string, Extension>;
}

/** The graph, or its problems: one sentence each, with file and line. */
export type Composition =
  | { readonly composed: ComposedGraph; readonly problems?: never }
  | { readonly composed?: never; readonly problems: readonly string[] };

/** Composes built-in subgraphs, connectors and services. A service can add to the API of the built-in subgraphs, but not change it. */
export function composeGraph(graph: GraphToCompose, builtIn: BuiltInSources): Composition {
  const { readSdl } = builtIn;
  const { connectors = [] } = graph;
  const problems: string[] = [];
  const services = graph.services.flatMap((service) => {
    const document = readServiceSdl(service, problems);
    if (document === undefined) return [];
    const { name, url, schema } = service;
    for (const { line, message } of overriddenFields(document, graph.builtIn))
      problems.push(`${schema.path}:${String(line)}: ${message}`);
    return [{ name, url, path: schema.path, document, typeDefs: document }];
  });
  const extensions = readExtensions(graph, builtIn, problems);
  if (problems.length > 0) return { problems };
  const own = graph.builtIn.map((name) => ({
    name,
    // For other gateways that use the composed supergraph: this process embeds the subgraph.
    url: defaultUrlOf(name, builtIn.modules),
    typeDefs: parse(extensions.get(name)?.sdl ?? readSdl(name)),
  }));
  const embedded = composeServices(own);
  const fields = writtenFields(graph);
  if (embedded.supergraphSdl === undefined) {
    const messages = embedded.errors.map(({ message }) => message);
    return extensions.size === 0 || !isComplete(graph, readSdl)
      ? { problems: [incomplete(graph, builtIn.modules, messages[0])] }
      : { problems: new ProblemPlaces(fields, graph.path).locateAll(messages) };
  }
  const ours = new Supergraph(embedded.supergraphSdl);
  const added = [...services, ...connectors.map(writtenConnectors)];
  const compose = (some: readonly AddedSubgraph[]) => composeWith(some, own, ours);
  const all = compose(added);
  const { whole, messages } = all;
  // Connectors run in this process and must compose without any service.
  const withConnectors = () =>
    services.length === 0 ? all : compose(added.filter(({ url }) => url === undefined));
  const inProcess = connectors.length === 0 ? { whole: ours, messages: [] } : withConnectors();
  const refused = messages.length > 0 ? messages : inProcess.messages;
  if (whole === undefined || inProcess.whole === undefined || refused.length > 0) {
    const alone = added.map((subgraph) => ({ subgraph, found: compose([subgraph]).messages }));
    const places = new ProblemPlaces([...added, ...fields], graph.path, (message) =>
      alone.flatMap(({ subgraph, found }) => (found.includes(message) ? [subgraph] : [])),
    );
    return { problems: places.locateAll(refused) };
  }
  const before = extensions.size === 0 ? ours.document : withoutExtensions(graph, readSdl);
  const tagged = withoutInheritedTags(before, withDescriptionsOf(ours.document, whole.document));
  const supergraph = new Supergraph(print(tagged), tagged);
  return { composed: { embedded: inProcess.whole, supergraph, extensions } };
}

/** A service or a subgraph of connectors. */
interface AddedSubgraph extends WrittenSdl {
  /** Undefined for connectors. */
  readonly url?: string;
  /** The SDL to compose. For connectors, without the directives that map fields to REST calls. */
  readonly typeDefs: DocumentNode;
}

const writtenConnectors = ({
  name,
  path,
  sdl,
  source,
}: NonNullable<GraphToCompose['connectors']>[number]): AddedSubgraph => ({
  name,
  path,
  document: parse(source),
  typeDefs: mergeExtensions(parse(sdl)),
});

/** The SDL files of custom fields. */
const writtenFields = ({ extensions }: GraphToCompose): readonly WrittenSdl[] =>
  [...extensions].flatMap(([name, { path, sdl }]) => {
    const { document } = parseSdl(sdl);
    return document === undefined ? [] : [{ name, path, document }];
  });

interface ComposedServices {
  /** Undefined if composition fails. */
  readonly whole?: Supergraph;
  readonly messages: readonly string[];
}

function composeWith(
  added: readonly AddedSubgraph[],
  own: Parameters<typeof composeServices>[0],
  ours: Supergraph,
): ComposedServices {
  const parts = added.map(({ name, url = CONNECTORS_URL, typeDefs }) => ({ name, typeDefs, url }));
  const { supergraphSdl, errors } = composeServices([...own, ...parts]);
  if (supergraphSdl === undefined) return { messages: errors.map(({ message }) => message) };
  const whole = new Supergraph(supergraphSdl);
  return {
    whole,
    messages: removedFromApi(
      ours,
      whole,
      own.map(({ name }) => name),
    ),
  };
}

/** The URL of connectors in the supergraph, for other gateways that use it. */
const CONNECTORS_URL = `http://localhost:${String(CONNECTOR_PORT)}/graphql`;

function defaultUrlOf(name: string, modules: BuiltInSources['modules']): string {
  const port = modules.find((module) => module.name === name)?.port;
  return `http://localhost:${String(port)}/graphql`;
}

/** The supergraph of the built-in subgraphs, without custom fields. */
function withoutExtensions(
  graph: GraphToCompose,
  readSdl: BuiltInSources['readSdl'],
): DocumentNode {
  const { supergraphSdl } = composeBuiltIn(graph, readSdl);
  if (supergraphSdl === undefined)
    throw new TypeError('The built-in subgraphs were expected to compose without custom fields.');
  return parse(supergraphSdl, { noLocation: true });
}

const isComplete = (graph: GraphToCompose, readSdl: BuiltInSources['readSdl']) =>
  composeBuiltIn(graph, readSdl).supergraphSdl !== undefined;

const composeBuiltIn = ({ builtIn }: GraphToCompose, readSdl: BuiltInSources['readSdl']) =>
  composeServices(builtIn.map((name) => ({ name, typeDefs: parse(readSdl(name)) })));

/** Explains a failed composition of the built-in subgraphs: some of them depend on each other. */
function incomplete(
  { path, builtIn }: GraphToCompose,
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

/** Lowers newer Federation versions to 2.9: later versions add only directives, and an unknown directive is refused by its name. */
function withKnownVersion(document: DocumentNode): DocumentNode {
  return visit(document, {
    [Kind.STRING]: (node) =>
      NEWER_FEDERATION.test(node.value) ? { ...node, value: KNOWN_FEDERATION } : undefined,
  });
}

const KNOWN_FEDERATION = 'https://specs.apollo.dev/federation/v2.9';
const NEWER_FEDERATION = /^https:\/\/specs\.apollo\.dev\/federation\/v2\.\d\d$/;
