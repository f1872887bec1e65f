import {
  type ConstDirectiveNode,
  type DocumentNode,
  GraphQLError,
  Kind,
  type ObjectTypeDefinitionNode,
  type ObjectTypeExtensionNode,
  parse,
} from 'graphql';
import { httpUrl } from '../../settings/values.ts';
import { checkConnectors } from './checks.ts';
import { argumentsOf, type DirectiveNames, findLink, lineOf, namesOf } from './connect-links.ts';
import type { Connector, ConnectorFile, OutsideVariables, Source } from './connector-file.ts';
import { entityKeyOf } from './entity-key.ts';
import type { MappingVersion } from './mapping/mapping.ts';
import { ordinarySdl } from './ordinary-sdl.ts';
import { assignPages } from './pages/assign-pages.ts';
import { type PolicyProblem, Problems } from './problems.ts';
import { ArgumentReader, type ConnectArguments, methodOf } from './read-arguments.ts';
import { cacheProblems } from './source-cache.ts';
import { DEFAULT_POLICY, isLocalAddress, type SourcePolicy } from './source-policy.ts';
import { onOneLine } from './url-template.ts';
import { fieldsUsed, requestMappings } from './used-variables.ts';

export interface ConnectorFileOptions {
  /** The name of the subgraph. */
  readonly name: string;
  /** The path in messages. */
  readonly path: string;
  readonly sdl: string;
  /** By source name. @default each source has the default policy */
  readonly policies?: ReadonlyMap<string, SourcePolicy>;
  /**
   * The values other than the request that mappings may use. @default `$env` and `$context` are empty, and no use of them or of `$config`
   * is refused
   */
  readonly outside?: OutsideVariables;
  /** Whether sources on this machine are refused, unless their policy allows it. @default false */
  readonly production?: boolean;
}

/** The connectors, or the problems of their file: a sentence each, with file, line and code. */
export type ReadConnectors =
  | {
      readonly file: ConnectorFile;
      readonly problems?: never;
      readonly policyProblems?: never;
    }
  | {
      readonly file?: never;
      readonly problems: readonly string[];
      /** Problems of policies without a source: the message continues the name of the source's policy. */
      readonly policyProblems?: readonly PolicyProblem[];
    };

/**
 * Reads SDL with connectors of Apollo's specification: https://specs.apollo.dev/connect/v0.3 and v0.4. Unsupported elements are refused
 * with their
 * name.
 */
export function readConnectors(options: ConnectorFileOptions): ReadConnectors {
  const { name, path, sdl, policies = new Map<string, SourcePolicy>(), outside } = options;
  const problems = new Problems(path);
  const document = parseSdl(sdl, problems);
  const link = document && readConnectLink(document, problems);
  if (document === undefined || link === undefined) return { problems: problems.all };
  const reader = new ConnectorReader(document, link, problems, options);
  const { sources, connectors: read } = reader.read();
  const { connectors, policyProblems: unknown } = assignPages(document, read, problems);
  if (problems.all.length === 0)
    checkConnectors(document, connectors, reader.directives, problems, outside);
  const names = sources.map((source) => source.name);
  const policyProblems: PolicyProblem[] = [
    ...[...policies.keys()]
      .filter((source) => !names.includes(source))
      .map((source) => ({
        source,
        message: `must be the name of a source in ${path} (${names.join(', ')})`,
      })),
    ...unknown,
  ];
  if (problems.all.length === 0)
    for (const source of sources)
      for (const message of cacheProblems(source, connectors))
        policyProblems.push({ source: source.name, message });
  if (problems.all.length + policyProblems.length > 0)
    return { problems: problems.all, policyProblems };
  return {
    file: {
      name,
      path,
      source: sdl,
      sdl: ordinarySdl(document, link.names, connectors),
      sources,
      connectors,
      warnings: problems.warnings,
      ...(outside !== undefined && { outside }),
    },
  };
}

const MAX_CHARACTERS = 2_000_000;
const MAX_TOKENS = 500_000;

function parseSdl(sdl: string, problems: Problems): DocumentNode | undefined {
  if (sdl.length > MAX_CHARACTERS) {
    problems.add(
      'INVALID_SDL',
      1,
      `The file must have at most ${String(MAX_CHARACTERS)} characters`,
    );
    return undefined;
  }
  try {
    return parse(sdl, { maxTokens: MAX_TOKENS });
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    problems.add('INVALID_SDL', error.locations?.[0]?.line ?? 1, error.message);
    return undefined;
  }
}

/** The versions of the specification, each with the version of its mapping language. */
const VERSIONS: Readonly<Record<string, MappingVersion>> = {
  'v0.1': 'v0.3',
  'v0.2': 'v0.3',
  'v0.3': 'v0.3',
  'v0.4': 'v0.4',
};

interface LinkedNames {
  readonly version: MappingVersion;
  readonly names: DirectiveNames;
}

function readConnectLink(document: DocumentNode, problems: Problems): LinkedNames | undefined {
  const link = findLink(document, 'connect');
  const federation = findLink(document, 'federation');
  if (link === undefined) {
    problems.add(
      'UNSUPPORTED_VERSION',
      1,
      'The file must link the connectors: extend schema @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])',
    );
    return undefined;
  }
  const version = VERSIONS[link.version];
  if (version === undefined) {
    problems.add(
      'UNSUPPORTED_VERSION',
      lineOf(link.directive),
      `Connectors of ${link.version} are not supported. Use v0.3 or v0.4`,
    );
    return undefined;
  }
  if (federation === undefined) {
    problems.add(
      'INVALID_SDL',
      lineOf(link.directive),
      'The file must link Federation: @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])',
    );
    return undefined;
  }
  const names = {
    connect: namesOf(link, '@connect'),
    source: namesOf(link, '@source'),
    link,
    federation,
  };
  return { version, names };
}

type ObjectNode = ObjectTypeDefinitionNode | ObjectTypeExtensionNode;

class ConnectorReader {
  readonly directives = {
    connectors: new Map<string, ConstDirectiveNode>(),
    sources: new Map<string, ConstDirectiveNode>(),
  };
  readonly #document: DocumentNode;
  readonly #version: MappingVersion;
  readonly #names: DirectiveNames;
  readonly #problems: Problems;
  readonly #options: ConnectorFileOptions;
  readonly #sources = new Map<string, Source>();
  readonly #declared = new Set<string>();
  readonly #connectors: Connector[] = [];

  constructor(
    document: DocumentNode,
    { version, names }: LinkedNames,
    problems: Problems,
    options: ConnectorFileOptions,
  ) {
    this.#document = document;
    this.#version = version;
    this.#names = names;
    this.#problems = problems;
    this.#options = options;
  }

  read(): Pick<ConnectorFile, 'sources' | 'connectors'> {
    for (const node of this.#document.definitions)
      if (node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION)
        for (const directive of node.directives ?? [])
          if (this.#names.source.has(directive.name.value)) this.#readSource(directive);
    for (const node of this.#document.definitions)
      if (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION)
        this.#readType(node);
    return { sources: [...this.#sources.values()], connectors: this.#connectors };
  }

  #readSource(directive: ConstDirectiveNode): void {
    const { name: sourceName } = argumentsOf(directive);
    const reader = this.#reader(directive, `The source ${String(sourceName)}`);
    this.#declared.add(String(sourceName));
    const read = reader.source();
    if (read === undefined) return;
    if (this.#sources.has(read.name))
      reader.refuse('INVALID_ARGUMENT', 'must have a name of its own', ['name']);
    const policy = this.#options.policies?.get(read.name) ?? DEFAULT_POLICY;
    const baseUrl = policy.baseUrl ?? readBaseUrl(read.http.baseURL, reader);
    if (baseUrl === undefined) return;
    const source: Source = {
      name: read.name,
      baseUrl,
      request: reader.common(read.http),
      success: reader.rules(read),
      policy,
    };
    this.#refuseLocal(source, reader, ['http', 'baseURL']);
    this.directives.sources.set(read.name, directive);
    this.#sources.set(read.name, source);
  }

  #readType(node: ObjectNode): void {
    const type = node.name.value;
    if (type === 'Subscription') {
      this.#refuseSubscriptions(node);
      return;
    }
    const isRoot = ROOTS.has(type);
    const onType = (node.directives ?? []).filter(({ name }) =>
      this.#names.connect.has(name.value),
    );
    for (const [index, directive] of onType.entries()) {
      const reader = this.#reader(directive, `The connector of ${type}`);
      if (isRoot) reader.refuse('NOT_SUPPORTED', 'must be on a field, not on a root type');
      else this.#readConnector(directive, reader, { name: `${type}#${String(index + 1)}`, type });
    }
    for (const { name, directives = [], type: fieldType } of node.fields ?? []) {
      const coordinate = `${type}.${name.value}`;
      const connects = directives.filter((directive) =>
        this.#names.connect.has(directive.name.value),
      );
      for (const [index, directive] of connects.entries()) {
        const reader = this.#reader(directive, coordinate);
        if (index > 0 && type === 'Mutation')
          reader.refuse(
            'NOT_SUPPORTED',
            'must not have several connectors: a mutation makes one call',
          );
        else
          this.#readConnector(directive, reader, {
            name: index === 0 ? coordinate : `${coordinate}#${String(index + 1)}`,
            type,
            field: name.value,
            returns: fieldType.kind === Kind.NAMED_TYPE ? fieldType.name.value : undefined,
          });
      }
    }
  }

  #refuseSubscriptions({ name: type, fields = [] }: ObjectNode): void {
    for (const { name, loc } of fields)
      this.#problems.add(
        'NOT_SUPPORTED',
        loc?.startToken.line ?? 1,
        `${type.value}.${name.value} must not be there: a REST API sends no events to this server`,
      );
  }

  #readConnector(directive: ConstDirectiveNode, reader: ArgumentReader, place: Place): void {
    const read = reader.connect();
    if (read === undefined) return;
    const found = this.#sourceOf(read, reader);
    const request = found && reader.request(read.http, found.url);
    const selection = reader.mapping(read.selection, ['selection']);
    const success = reader.rules(read);
    if (found === undefined || request === undefined || selection === undefined) return;
    const isMutation = place.type === 'Mutation';
    if (!isMutation && request.method !== 'GET' && request.method !== 'POST') {
      const sentence = `must read with GET or POST: ${request.method} changes something, so it is for fields of Mutation`;
      reader.refuse('NOT_SUPPORTED', sentence, ['http', request.method]);
    }
    const base = {
      name: place.name,
      id: read.id,
      type: place.type,
      field: place.field,
      source: found.source,
      request,
      success,
      selection,
      isMutation,
    };
    const usesBatch = fieldsUsed(requestMappings(base), '$batch').length > 0;
    this.#checkBatch(read, usesBatch, place, reader);
    this.directives.connectors.set(place.name, directive);
    this.#connectors.push({
      ...base,
      batchSize: usesBatch ? (read.batch?.maxSize ?? DEFAULT_BATCH) : undefined,
      entity: entityKeyOf(base, read.entity ? place.returns : undefined),
    });
  }

  #checkBatch(
    { batch, entity }: ConnectArguments,
    usesBatch: boolean,
    { type, field, returns }: Place,
    reader: ArgumentReader,
  ): void {
    if (usesBatch && field !== undefined)
      reader.refuse('NOT_SUPPORTED', 'must not use $batch, which is for connectors on types');
    if (batch !== undefined && !usesBatch)
      reader.refuse('INVALID_ARGUMENT', 'has batch, but its request does not use $batch', [
        'batch',
      ]);
    if (entity && field !== undefined && (type !== 'Query' || returns === undefined))
      reader.refuse(
        'INVALID_ARGUMENT',
        'has entity: true, which is for fields of Query that return one nullable object',
        ['entity'],
      );
  }

  /** @returns the source, and the URL below its base URL */
  #sourceOf(
    { source: name, http }: ConnectArguments,
    reader: ArgumentReader,
  ): { readonly source: Source; readonly url: string } | undefined {
    const method = methodOf(http);
    const url = onOneLine(http[method as 'GET'] ?? '').trim();
    const place = ['http', method];
    if (name !== undefined) {
      const source = this.#sources.get(name);
      if (source === undefined) {
        // A source with a problem has been reported.
        if (!this.#declared.has(name)) {
          const known = [...this.#declared].join(', ') || 'none';
          const sentence = `must name a source of the file (${known}), but names "${name}"`;
          reader.refuse('UNKNOWN_SOURCE', sentence, ['source']);
        }
        return undefined;
      }
      if (!/^[a-z][a-z\d+.-]*:\/\//i.test(url))
        return { source, url: /^[/?]|^$/.test(url) ? url : `/${url}` };
      reader.refuse(
        'INVALID_URL',
        `http.${method} must be a path below the baseURL of its source, such as /orders`,
        place,
      );
      return undefined;
    }
    const [, origin = '', rest = ''] = /^(https?:\/\/[^/?#{}@\s]+)([/?].*)?$/s.exec(url) ?? [];
    if (URL.canParse(origin)) return { source: this.#unnamedSource(origin, reader), url: rest };
    reader.refuse(
      'INVALID_URL',
      `http.${method} must be a URL such as https://api.example.com/orders, as it has no source`,
      place,
    );
    return undefined;
  }

  #unnamedSource(origin: string, reader: ArgumentReader): Source {
    const { host } = new URL(origin);
    const known = this.#sources.get(host);
    if (known !== undefined) return known;
    const source: Source = {
      name: host,
      baseUrl: origin,
      request: { path: undefined, queryParams: undefined, headers: [] },
      success: { isSuccess: undefined, message: undefined, extensions: undefined },
      policy: DEFAULT_POLICY,
    };
    this.#refuseLocal(source, reader, ['http']);
    this.#sources.set(host, source);
    return source;
  }

  #refuseLocal({ baseUrl, policy, name }: Source, reader: ArgumentReader, path: string[]): void {
    const urls = [baseUrl, ...(policy.auth?.kind === 'oauth2' ? [policy.auth.tokenUrl] : [])];
    if (
      this.#options.production !== true ||
      policy.allowLocalAddress ||
      !urls.some((url) => isLocalAddress(new URL(url).hostname))
    )
      return;
    reader.refuse(
      'LOCAL_ADDRESS',
      `must not be on this machine or in its link-local network in production, unless sources.${name}.allowLocalAddress is true`,
      path,
    );
  }

  #reader(directive: ConstDirectiveNode, place: string): ArgumentReader {
    return new ArgumentReader(directive, place, this.#version, this.#problems);
  }
}

/** The URL in the SDL, which the policy of the source can override. */
function readBaseUrl(text: string, reader: ArgumentReader): string | undefined {
  const { success, error } = httpUrl().safeParse(text);
  if (success) return text;
  const message = error.issues[0]?.message.replace(/\.$/, '') ?? '';
  const instead = text.includes('{')
    ? ', without expressions: set baseUrl of the source in the file of the graph'
    : '';
  reader.refuse('INVALID_ARGUMENT', `http.baseURL ${message}${instead}`, ['http', 'baseURL']);
  return undefined;
}

interface Place {
  readonly name: string;
  readonly type: string;
  readonly field?: string;
  /** The type of a field that returns one nullable object or value. */
  readonly returns?: string | undefined;
}

const ROOTS = new Set(['Query', 'Mutation']);

/** Maximum number of keys in one call without a `maxSize`. */
const DEFAULT_BATCH = 100;
