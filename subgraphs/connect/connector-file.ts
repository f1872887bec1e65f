import { isLoopback } from '../../settings/values.ts';
import type { HttpMethod } from '../../upstream/connection-pool.ts';
import type { ComputedFields } from './computed-fields.ts';
import type { Mapping } from './mapping/mapping.ts';
import type { ConnectorPages } from './pages/connector-pages.ts';
import { secretsOf as secretsOfPolicy, secretTexts, type SourcePolicy } from './source-policy.ts';
import type { Template, UrlTemplate } from './url-template.ts';

/** A subgraph of REST APIs, read from its SDL. */
export interface ConnectorFile {
  /** The name of the subgraph. */
  readonly name: string;
  /** Its path, as written in the file that refers to it. */
  readonly path: string;
  /** The ordinary SDL, without connector directives. */
  readonly sdl: string;
  /** The original SDL. */
  readonly source: string;
  readonly sources: readonly Source[];
  readonly connectors: readonly Connector[];
  /** Fields that code calculates. @default none */
  readonly computed?: ComputedFields;
  /** Set if sandbox vendors replace the sources. */
  readonly sandbox?: SandboxOfSources;
  /** Warnings: a sentence each, with file, line and code. */
  readonly warnings: readonly string[];
  /** The values other than the request that its mappings may use. @default none */
  readonly outside?: OutsideVariables;
}

/** Values other than the request that mappings may use: only those that a `graph.yaml` lists. */
export interface OutsideVariables {
  /** `$env`: values of environment variables by name. They may be secret. */
  readonly env: Readonly<Record<string, string>>;
  /** The claims of the caller's token in `$context.claims`. */
  readonly claims: readonly string[];
}

export interface SandboxOfSources {
  /** The reason: `FEEDS_CONTACT is not set`. */
  readonly reason: string;
  /** The names of the sandbox vendors, equal to those of the sources. */
  readonly vendors: readonly string[];
  /** The same file with the URLs of running sandbox vendors. */
  withUrls(baseUrls: BaseUrls): ConnectorFile;
}

/** By source name. */
export type BaseUrls = Readonly<Record<string, string | undefined>>;

/** A REST API. */
export interface Source {
  readonly name: string;
  /** Scheme, host and the path prefix of all requests. */
  readonly baseUrl: string;
  readonly request: CommonRequest;
  readonly success: SuccessRules;
  readonly policy: SourcePolicy;
}

/** How a field, or the fields of a type, are read. */
export interface Connector {
  /** Unique name: `Customer.orders`, with a number for further connectors of a field; `Order` and a number for one on a type. */
  readonly name: string;
  /** The `id` of `@connect`, for tests. */
  readonly id: string | undefined;
  /** The type of the field, or the type that the connector is on. */
  readonly type: string;
  /** Undefined for a connector on a type. */
  readonly field: string | undefined;
  readonly source: Source;
  readonly request: RequestTemplate;
  readonly success: SuccessRules;
  readonly selection: Mapping;
  /** Maximum number of objects in one call; undefined if each object needs its own. */
  readonly batchSize: number | undefined;
  /** The key of the entity that it finds; undefined if it finds none. */
  readonly entity: EntityKey | undefined;
  /** Whether the field is one of `Mutation`. */
  readonly isMutation: boolean;
  /** How it reads a paged list. @default the list is not paged */
  readonly pages?: ConnectorPages;
}

export interface EntityKey {
  readonly type: string;
  /** The fields that the request needs. */
  readonly fields: readonly string[];
  /** The values that it needs, as paths of field names from the entity: `place`, `shop`, `no`. */
  readonly paths: readonly (readonly string[])[];
  /** Fields that the selection provides. */
  readonly provides: ReadonlySet<string>;
  /** The variable that contains the key in the request. */
  readonly variable: '$this' | '$batch' | '$args';
}

/** Parts of a request that both a source and a connector can define. */
export interface CommonRequest {
  /** Returns a list of segments to append to the path. */
  readonly path: Mapping | undefined;
  /** Returns an object of query parameters. */
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

/** Rules that decide whether a response is a success, and its error for clients. */
export interface SuccessRules {
  /** Evaluated for a response with a success status. */
  readonly isSuccess: Mapping | undefined;
  readonly message: Mapping | undefined;
  /** Returns an object of entries for the `extensions` of the error. */
  readonly extensions?: Mapping | undefined;
}

/** Default port of connectors as a separate service, which `PORT` overrides; built-in subgraphs have the ports before it. */
export const CONNECTOR_PORT = 4004;

/** The names of the sources in logs and metrics. */
export const sourceNames = ({ sources }: ConnectorFile): readonly string[] =>
  sources.map(({ name }) => name);

/** Secrets, to be redacted in logs. */
export const secretsOf = ({ sources, outside }: ConnectorFile): readonly string[] => [
  ...sources.flatMap(({ policy }) => secretsOfPolicy(policy)),
  ...secretTexts(outside?.env),
];

/** The line for the operator at start. */
export const describeConnectors = ({ name, sources, sandbox }: ConnectorFile): string =>
  sandbox !== undefined
    ? `${name}: sandbox vendors ${sandbox.vendors.join(', ')} with invented data, because ${sandbox.reason}`
    : `${name}: connectors to ${sources.map((source) => `${source.name} (${new URL(source.baseUrl).host})`).join(', ')}`;

/** The warnings that the process and `tributary check` print. */
export function describeWarnings({ path, warnings }: ConnectorFile): readonly string[] {
  const lines = warnings.slice(0, MAX_WARNINGS).map((warning) => `Warning: ${warning}`);
  const more = warnings.length - lines.length;
  return more === 0 ? lines : [...lines, `Warning: ${path} has ${String(more)} more warnings.`];
}

const MAX_WARNINGS = 20;

/** Whether all its sources are on this machine, as in a trial. */
export const areSourcesOnThisMachine = ({ sources, sandbox }: ConnectorFile): boolean =>
  sandbox !== undefined || sources.every(({ baseUrl }) => isLoopback(new URL(baseUrl).hostname));
