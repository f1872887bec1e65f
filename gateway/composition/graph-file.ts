import { z } from 'zod';
import { type Environment, parseSettings } from '../../settings/settings.ts';
import { headerName } from '../../settings/header-name.ts';
import { count, httpUrl, time } from '../../settings/values.ts';
import type { TrafficPolicy } from '../engines/planned/service-connection.ts';
import type { ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import { readConnectors } from '../../subgraphs/connect/read-connectors.ts';
import { readPolicy, sourcePolicySchema } from '../../subgraphs/connect/source-policy.ts';
import { feedSettings, type KnownFeeds, NO_FEEDS, openFeed } from '../../subgraphs/feeds/feed.ts';
import { readTextFile } from '../../settings/text-file.ts';
import { isProduction } from '../server/server-config.ts';
import {
  describeIssue,
  MAX_CHARACTERS,
  readYamlFile,
  type SdlFile,
  YamlFile,
} from './yaml-file.ts';

/** The sources of a graph that a `graph.yaml` names. */
export interface GraphFile {
  /** The path as the caller gave it. */
  readonly path: string;
  /** The names of the built-in subgraphs that are part of the graph. */
  readonly builtIn: readonly string[];
  /** Files of custom fields, by the names of the built-in subgraphs. */
  readonly extensions: ReadonlyMap<string, SdlFile>;
  readonly services: readonly GraphService[];
  /** Subgraphs of REST APIs. @default none */
  readonly connectors?: readonly ConnectorFile[];
}

/** The input of composition. It can be sent to a worker thread. */
export interface GraphToCompose extends Omit<GraphFile, 'connectors'> {
  readonly connectors?: readonly Pick<ConnectorFile, 'name' | 'path' | 'sdl' | 'source'>[];
}

/** A GraphQL service that is a subgraph. */
export interface GraphService {
  readonly name: string;
  /** The address of its GraphQL endpoint. */
  readonly url: string;
  /** The file of its SDL. */
  readonly schema: SdlFile;
  /** Lower-case names of client headers that the gateway forwards to the service. */
  readonly forwardedHeaders: readonly string[];
  readonly traffic: TrafficPolicy;
  /** Claims of the caller's token by the lower-case name of the header that carries them. */
  readonly claimHeaders: Readonly<Record<string, string>>;
}

/** The graph, or the problems of its file: one sentence each, with file and line. */
export type ReadGraphFile =
  | { readonly graph: GraphFile; readonly problems?: never }
  | { readonly graph?: never; readonly problems: readonly string[] };

/**
 * Reads a `graph.yaml` and its SDL files, whose paths are relative to it.
 * @param builtIn the names of the built-in subgraphs
 * @param feeds the data feeds that the file can use
 */
export function readGraphFile(
  path: string,
  environment: Environment,
  builtIn: readonly string[],
  feeds: KnownFeeds = NO_FEEDS,
): ReadGraphFile {
  const { file, data, problems } = readYamlFile(
    path,
    environment,
    graphSchema(builtIn, feeds),
    'GRAPH',
    readNamedFiles,
  );
  if (problems !== undefined) return { problems };
  const sources = Object.entries(data.subgraphs);
  const services = sources.flatMap(([name, source]) => {
    if (!('url' in source)) return [];
    const { url, headers, timeout: timeoutMs, retries, concurrency } = source;
    const schema = file.readSdl(['subgraphs', name, 'schema'], source.schema);
    const traffic = { timeoutMs, retries, concurrency };
    const { forward: forwardedHeaders = [], claims: claimHeaders = {} } = headers ?? {};
    return schema === undefined
      ? []
      : [{ name, url, schema, forwardedHeaders, claimHeaders, traffic }];
  });
  const extensions = sources.flatMap(([name, source]) => {
    if (!('builtin' in source) || source.extend === undefined) return [];
    const extension = file.readSdl(['subgraphs', name, 'extend'], source.extend);
    return extension === undefined ? [] : [[name, extension] as const];
  });
  const connectors = sources.flatMap(([name, source]) => {
    if ('feed' in source) return readFeedOf(name, source.feed, feeds, environment, file) ?? [];
    return 'connectors' in source ? (readConnectorFile(name, source, file, environment) ?? []) : [];
  });
  if (file.problems.length > 0) return { problems: file.problems };
  const names = sources.flatMap(([name, source]) => ('builtin' in source ? [name] : []));
  return { graph: { path, builtIn: names, extensions: new Map(extensions), services, connectors } };
}

function readConnectorFile(
  name: string,
  { connectors: path, sources = {}, env = [], claims = [] }: z.output<typeof connectorsSchema>,
  file: YamlFile,
  environment: Environment,
): ConnectorFile | undefined {
  const schema = file.readSdl(['subgraphs', name, 'connectors'], path);
  if (schema === undefined) return undefined;
  const policies = new Map(
    Object.entries(sources).map(([source, policy]) => [source, readPolicy(policy)]),
  );
  const production = isProduction(environment);
  const outside = { env: readEnv(name, env, file, environment), claims };
  const read = readConnectors({ name, ...schema, policies, outside, production });
  file.problems.push(...(read.problems ?? []));
  for (const { source, path: keys = [], code, message } of read.policyProblems ?? [])
    file.add(['subgraphs', name, 'sources', source, ...keys], message, code);
  return read.file;
}

function readFeedOf(
  name: string,
  feedName: string,
  { feeds, readSdl }: KnownFeeds,
  environment: Environment,
  { problems }: YamlFile,
): ConnectorFile | undefined {
  const feed = feeds.find((one) => one.name === feedName);
  if (feed === undefined) return undefined;
  const settings = feedSettings(feed, { mayUseSandbox: !isProduction(environment) });
  const config = parseSettings(settings, environment, problems);
  return config && openFeed(name, feed, readSdl, config);
}

/** @returns the environment variables that mappings can read */
function readEnv(
  subgraph: string,
  names: readonly string[],
  file: YamlFile,
  environment: Environment,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = (Object.hasOwn(environment, name) && environment[name]) || '';
    values[name] = value;
    if (value === '')
      file.add(
        ['subgraphs', subgraph, 'env', index],
        `must be an environment variable that is set, but ${name} is not`,
      );
  }
  return values;
}

/** Reports unreadable SDL files in a `graph.yaml` that has other problems, too. */
function readNamedFiles(file: YamlFile, value: unknown): void {
  const named = NAMED_FILES.safeParse(value).data?.subgraphs ?? {};
  for (const [name, files] of Object.entries(named))
    for (const [key, path] of Object.entries(files))
      if (path !== undefined) file.readSdl(['subgraphs', name, key], path);
}

const NAMED_FILE = z.string().optional().catch(undefined);

const NAMED_FILES = z.object({
  subgraphs: z.record(
    z.string(),
    z.object({ schema: NAMED_FILE, extend: NAMED_FILE, connectors: NAMED_FILE }).catch({}),
  ),
});

/** Reads the services of a `graph.yaml`. Their SDL files need not exist. */
export function readServices(
  path: string,
  environment: Environment,
  builtIn: readonly string[],
  feeds: KnownFeeds = NO_FEEDS,
): ReadServices {
  const schema = graphSchema(builtIn, feeds);
  const { file, data, problems } = readYamlFile(path, environment, schema, 'GRAPH');
  if (problems !== undefined) return { problems };
  const services = Object.entries(data.subgraphs).flatMap(([name, source]) =>
    'url' in source ? [{ name, url: source.url, schemaPath: file.resolve(source.schema) }] : [],
  );
  return { services };
}

/** Lists the files of a graph: the `graph.yaml` and the files that it names. They can be missing or invalid. */
export function filesOfGraph(path: string): readonly string[] {
  const text = readTextFile(path);
  if (text === undefined || text.length > MAX_CHARACTERS) return [path];
  const file = new YamlFile(path, text);
  if (file.problems.length > 0) return [path];
  const { data } = namedFiles.safeParse(file.value());
  const named = Object.values(data?.subgraphs ?? {}).flatMap((source) => [
    source?.extend,
    source?.schema,
    source?.connectors,
  ]);
  return [path, ...named.flatMap((name) => (name === undefined ? [] : file.resolve(name)))];
}

const fileName = z.string().optional().catch(undefined);

const namedFiles = z.object({
  subgraphs: z.record(
    z.string(),
    z
      .object({ extend: fileName, schema: fileName, connectors: fileName })
      .optional()
      .catch(undefined),
  ),
});

export interface ServiceSource {
  readonly name: string;
  readonly url: string;
  /** The path of its SDL file, which need not exist yet. */
  readonly schemaPath: string;
}

export type ReadServices =
  | { readonly services: readonly ServiceSource[]; readonly problems?: never }
  | { readonly services?: never; readonly problems: readonly string[] };

const MAX_SUBGRAPHS = 100;
const MAX_HEADERS = 50;

/** Headers that every service gets, and the header of credentials. A claim must not replace them. */
const NOT_FOR_CLAIMS = new Set(['x-request-id', 'traceparent', 'priority', 'authorization']);

const claimHeaders = z
  .record(
    z.string(),
    z
      .string('must be the name of a claim')
      .min(1, 'must be the name of a claim')
      .max(200, 'must have at most 200 characters'),
    'must map headers to claims: { x-tenant: tenant }',
  )
  .transform((claims, context) =>
    Object.fromEntries(
      Object.entries(claims).map(([name, claim]) => {
        const header = headerName().safeParse(name);
        const isTwice = Object.keys(claims).some(
          (other) => other !== name && other.toLowerCase() === name.toLowerCase(),
        );
        const problem = header.success
          ? isTwice
            ? 'is there twice. Header names ignore case'
            : NOT_FOR_CLAIMS.has(header.data) && 'must not be a header that has another meaning'
          : (header.error.issues[0]?.message ?? '');
        if (problem !== false) context.addIssue({ code: 'custom', path: [name], message: problem });
        return [name.toLowerCase(), claim] as const;
      }),
    ),
  )
  .refine(
    (claims) => Object.keys(claims).length <= MAX_HEADERS,
    `must have at most ${String(MAX_HEADERS)} entries`,
  );

const headersSchema = z
  .strictObject({
    forward: z.array(headerName()).max(MAX_HEADERS).default([]),
    claims: claimHeaders.default({}),
  })
  .superRefine(({ forward, claims }, context) => {
    for (const name of Object.keys(claims))
      if (forward.includes(name))
        context.addIssue({
          code: 'custom',
          path: ['claims'],
          message: `must not have ${name}, which is forwarded from clients: they could give any value`,
        });
  });

const serviceSchema = z.strictObject({
  url: z
    .string({
      error: ({ input }) => (input === undefined ? 'must be set' : 'must be an http or https URL'),
    })
    .pipe(httpUrl())
    .describe('Where the service answers GraphQL.'),
  schema: z
    .string('must be the path of an SDL file')
    .describe("The file of the service's SDL, relative to this file."),
  headers: headersSchema
    .optional()
    .describe('Headers of the request and claims of the token that the service gets.'),
  timeout: time()
    .optional()
    .describe('How long a query to the service may take, retries included: 800ms, 2s.'),
  retries: count(0, 5).optional().describe('How often a query is sent again.'),
  concurrency: count(1, 1000)
    .optional()
    .describe('How many requests to the service may be under way at once.'),
});

const MAX_NAMES = 50;

const connectorsSchema = z.strictObject({
  connectors: z
    .string('must be the path of an SDL file')
    .describe("The file of the API's SDL with its connectors, relative to this file."),
  sources: z
    .record(z.string().regex(/^[A-Za-z][\w-]{0,63}$/), sourcePolicySchema)
    .optional()
    .describe('How the sources of the SDL are called, by their names.'),
  env: z
    .array(z.string().regex(/^[A-Za-z_]\w{0,99}$/, 'must be the name of an environment variable'))
    .max(MAX_NAMES)
    .optional()
    .describe('Environment variables that mappings read as $env.<name>.'),
  claims: z
    .array(z.string('must be the name of a claim').min(1, 'must be the name of a claim').max(200))
    .max(MAX_NAMES)
    .optional()
    .describe("Claims of the caller's token that mappings read as $context.claims.<name>."),
});

const builtInSchemaOf = (builtIn: readonly string[]) =>
  z.strictObject({
    builtin: z.enum(builtIn).describe('The name of a built-in subgraph.'),
    extend: z
      .string('must be the path of an SDL file')
      .optional()
      .describe('A file of custom fields, relative to this file.'),
  });

const feedSchemaOf = ({ feeds }: KnownFeeds) =>
  z.strictObject({
    feed: z.enum(feeds.map(({ name }) => name)).describe('The name of a data feed.'),
  });

const SUBGRAPH_NAME = /^[a-z][a-z\d_-]{0,39}$/;

const VARIABLE = String.raw`\$\{`;

/** The end of a pattern that also allows `${NAME}`. */
const OR_VARIABLE = `|${VARIABLE}`;

/** The JSON Schema of a `graph.yaml`, for completion and checks in editors. Any text can contain `${NAME}`. */
export function graphFileJsonSchema(
  builtIn: readonly string[],
  feeds: KnownFeeds = NO_FEEDS,
): object {
  const sources = [
    builtInSchemaOf(builtIn),
    serviceSchema,
    connectorsSchema,
    feedSchemaOf(feeds),
  ].map((schema) => {
    const source = z.toJSONSchema(schema, {
      target: 'draft-7',
      io: 'input',
      override: ({ jsonSchema }) => {
        delete jsonSchema.format;
        const { pattern, type, minimum, maximum } = jsonSchema;
        if (type === 'integer') {
          delete jsonSchema.type;
          delete jsonSchema.minimum;
          delete jsonSchema.maximum;
          jsonSchema.anyOf = [
            {
              type,
              ...(minimum !== undefined && { minimum }),
              ...(maximum !== undefined && { maximum }),
            },
            { type: 'string', pattern: VARIABLE },
          ];
        }
        // zod calls this once for a type and once for each wrapper of it.
        if (pattern?.endsWith(OR_VARIABLE) === false) jsonSchema.pattern = pattern + OR_VARIABLE;
      },
    });
    // The enclosing schema has it.
    delete source.$schema;
    return source;
  });
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'The sources of a graph: docs/own-graph.md',
    type: 'object',
    required: ['version', 'subgraphs'],
    additionalProperties: false,
    properties: {
      version: { const: 1 },
      subgraphs: {
        type: 'object',
        maxProperties: MAX_SUBGRAPHS,
        propertyNames: { pattern: SUBGRAPH_NAME.source },
        additionalProperties: { anyOf: sources },
      },
    },
  };
}

type GraphSource =
  | z.output<ReturnType<typeof builtInSchemaOf>>
  | z.output<typeof serviceSchema>
  | z.output<typeof connectorsSchema>
  | z.output<ReturnType<typeof feedSchemaOf>>;

const graphSchema = (builtIn: readonly string[], feeds: KnownFeeds) => {
  const builtInSchema = builtInSchemaOf(builtIn);
  const feedSchema = feedSchemaOf(feeds);
  return z.strictObject({
    version: z.literal(1, 'must be 1'),
    subgraphs: z
      .record(
        z.string().regex(SUBGRAPH_NAME),
        z.unknown().transform((source, context): GraphSource => {
          const has = (key: string) =>
            typeof source === 'object' && source !== null && key in source;
          const schema = has('builtin')
            ? builtInSchema
            : has('connectors')
              ? connectorsSchema
              : has('feed')
                ? feedSchema
                : serviceSchema;
          const read = schema.safeParse(source, { error: describeIssue });
          for (const issue of read.error?.issues ?? []) context.addIssue({ ...issue });
          return read.data ?? z.NEVER;
        }),
      )
      .refine(
        (subgraphs) => Object.keys(subgraphs).length <= MAX_SUBGRAPHS,
        `must have at most ${String(MAX_SUBGRAPHS)} entries`,
      )
      .refine(
        (subgraphs) => Object.keys(subgraphs).length > 0,
        `must not be empty: ${builtIn.map((name) => `${name}: { builtin: ${name} }`).join(', ')}`,
      )
      .superRefine((subgraphs, context) => {
        for (const [name, source] of Object.entries(subgraphs)) {
          if ('builtin' in source ? source.builtin !== name : builtIn.includes(name))
            context.addIssue({
              code: 'custom',
              path: [name],
              message:
                'builtin' in source
                  ? `must be called ${source.builtin}, like the built-in subgraph that it is`
                  : 'is the name of a built-in subgraph, so a service needs another name',
            });
        }
      }),
  });
};
