import { isLoopback } from '../../settings/values.ts';
import type { HttpMethod } from '../../upstream/connection-pool.ts';
import type { ComputedFields } from './computed-fields.ts';
import type { Mapping } from './mapping/mapping.ts';
import type { ConnectorPages } from './pages/connector-pages.ts';
import { secretsOf as secretsOfPolicy, secretTexts, type SourcePolicy } from './source-policy.ts';
import type { Template, UrlTemplate } from './url-template.ts';

/** A subgraph of REST APIs, as its SDL describes it. */
export interface ConnectorFile {
  /** The name of the subgraph. */
  readonly name: string;
  /** Its path, as the file that names it does. */
  readonly path: string;
  /** An ordinary subgraph: without the directives that say where values come from. */
  readonly sdl: string;
  /** The SDL as it is in the file. */
  readonly source: string;
  readonly sources: readonly Source[];
  readonly connectors: readonly Connector[];
  /** Fields without a connector, which code resolves. @default none */
  readonly computed?: ComputedFields;
  /** Where sandbox vendors stand in for the sources. */
  readonly sandbox?: SandboxOfSources;
  /** What works, but not as it seems: a sentence each, with file, line and code. */
  readonly warnings: readonly string[];
  /** What its mappings may read beside the request. @default nothing */
  readonly outside?: OutsideVariables;
}

/** What mappings may read beside the request: only what a `graph.yaml` lists. */
export interface OutsideVariables {
  /** `$env`: values of environment variables by their names. They may be secret. */
  readonly env: Readonly<Record<string, string>>;
  /** The names of the claims of the caller's token that `$context.claims` has. */
  readonly claims: readonly string[];
}

export interface SandboxOfSources {
  /** Why they stand in: `FEEDS_CONTACT is not set`. */
  readonly reason: string;
  /** The names of the sandbox vendors, which are those of the sources. */
  readonly vendors: readonly string[];
  /** The same file over running sandbox vendors. */
  withUrls(baseUrls: BaseUrls): ConnectorFile;
}

/** By the names of the sources. */
export type BaseUrls = Readonly<Record<string, string | undefined>>;

/** A REST API. */
export interface Source {
  readonly name: string;
  /** Scheme, host and the path before that of each request. */
  readonly baseUrl: string;
  readonly request: CommonRequest;
  readonly success: SuccessRules;
  readonly policy: SourcePolicy;
}

/** How a field, or the fields of a type, are read. */
export interface Connector {
  /** `Customer.orders`, with a number for further ones of a field, or `Order` and a number for one on a type. Tells it apart from others. */
  readonly name: string;
  /** What `@connect(id:)` calls it in tests. */
  readonly id: string | undefined;
  /** The type that has the field, or that it is on. */
  readonly type: string;
  /** Undefined for one on a type. */
  readonly field: string | undefined;
  readonly source: Source;
  readonly request: RequestTemplate;
  readonly success: SuccessRules;
  readonly selection: Mapping;
  /** The most objects of one call; undefined where each object takes one. */
  readonly batchSize: number | undefined;
  /** Of an entity that it finds by its key; undefined where it finds none. */
  readonly entity: EntityKey | undefined;
  /** Whether it is a field of `Mutation`. */
  readonly isMutation: boolean;
  /** How it reads a list that its API gives in pages. @default the API gives all at once */
  readonly pages?: ConnectorPages;
}

export interface EntityKey {
  readonly type: string;
  /** The fields that the request needs. */
  readonly fields: readonly string[];
  /** The values that it needs, as names of fields from the entity to each: `place`, `shop`, `no`. */
  readonly paths: readonly (readonly string[])[];
  /** Fields that the selection gives. */
  readonly provides: ReadonlySet<string>;
  /** The variable in which the request has the key. */
  readonly variable: '$this' | '$batch' | '$args';
}

/** What requests of a source and of a connector both can have. */
export interface CommonRequest {
  /** Gives a list of segments to put behind the path. */
  readonly path: Mapping | undefined;
  /** Gives an object of query parameters. */
  readonly queryParams: Mapping | undefined;
  readonly headers: readonly HeaderTemplate[];
}

export interface RequestTemplate extends CommonRequest {
  readonly method: HttpMethod;
  readonly url: UrlTemplate;
  readonly body: Mapping | undefined;
  readonly bodyType: 'json' | 'form';
}

export type HeaderTemplate =
  | { readonly name: string; readonly value: Template }
  /** The client's header of this name. */
  | { readonly name: string; readonly from: string };

/** Whether a response is a success, and what clients read where it is none. */
export interface SuccessRules {
  /** Of a response with a status of success. */
  readonly isSuccess: Mapping | undefined;
  readonly message: Mapping | undefined;
  /** Gives an object of entries to add to the `extensions` of the error. */
  readonly extensions?: Mapping | undefined;
}

/** Where connectors listen that are a service of their own, unless `PORT` says otherwise; built-in subgraphs have the ports before it. */
export const CONNECTOR_PORT = 4004;

/** The names by which logs and metrics know what a file calls. */
export const sourceNames = ({ sources }: ConnectorFile): readonly string[] =>
  sources.map(({ name }) => name);

/** What no log may hold. */
export const secretsOf = ({ sources, outside }: ConnectorFile): readonly string[] => [
  ...sources.flatMap(({ policy }) => secretsOfPolicy(policy)),
  ...secretTexts(outside?.env),
];

/** The line that the process prints at start. */
export const describeConnectors = ({ name, sources, sandbox }: ConnectorFile): string =>
  sandbox !== undefined
    ? `${name}: sandbox vendors ${sandbox.vendors.join(', ')} with invented data, because ${sandbox.reason}`
    : `${name}: connectors to ${sources.map((source) => `${source.name} (${new URL(source.baseUrl).host})`).join(', ')}`;

/** The lines that the process and `tributary check` print of what works, but not as it seems. */
export function describeWarnings({ path, warnings }: ConnectorFile): readonly string[] {
  const lines = warnings.slice(0, MAX_WARNINGS).map((warning) => `Warning: ${warning}`);
  const more = warnings.length - lines.length;
  return more === 0 ? lines : [...lines, `Warning: ${path} has ${String(more)} more warnings.`];
}

const MAX_WARNINGS = 20;

/** Whether all that it reads is a trial on one machine. */
export const areSourcesOnThisMachine = ({ sources, sandbox }: ConnectorFile): boolean =>
  sandbox !== undefined || sources.every(({ baseUrl }) => isLoopback(new URL(baseUrl).hostname));
