import { z } from 'zod';
import type { Environment } from '../../settings/settings.ts';
import { headerName } from '../../settings/header-name.ts';
import { count, httpUrl, time } from '../../settings/values.ts';
import type { TrafficPolicy } from '../engines/planned/service-connection.ts';
import type { ConnectorFile } from '../../subgraphs/connect/connector-file.ts';
import { readConnectors } from '../../subgraphs/connect/read-connectors.ts';
import { readPolicy, sourcePolicySchema } from '../../subgraphs/connect/source-policy.ts';
import { readTextFile } from '../../settings/text-file.ts';
import { isProduction } from '../server/server-config.ts';
import {
  describeIssue,
  MAX_CHARACTERS,
  readYamlFile,
  type SdlFile,
  YamlFile,
} from './yaml-file.ts';

/** The sources of a graph, as a `graph.yaml` names them. */
export interface GraphFile {
  /** Its path, as it was given. */
  readonly path: string;
  /** The names of the built-in subgraphs that are part of the graph. */
  readonly builtIn: readonly string[];
  /** Files of custom fields, by the names of the built-in subgraphs. */
  readonly extensions: ReadonlyMap<string, SdlFile>;
  readonly services: readonly GraphService[];
  /** Subgraphs of REST APIs. @default none */
  readonly connectors?: readonly ConnectorFile[];
}

/** What composition needs of a graph: all of it can be sent to another thread. */
export interface GraphToCompose extends Omit<GraphFile, 'connectors'> {
  readonly connectors?: readonly Pick<ConnectorFile, 'name' | 'path' | 'sdl' | 'source'>[];
}

/** A GraphQL service that is a subgraph. */
export interface GraphService {
  readonly name: string;
  /** Where it answers GraphQL. */
  readonly url: string;
  /** The file of its SDL. */
  readonly schema: SdlFile;
  /** Names, in lower case, of headers that a client's request passes on to it. */
  readonly forwardedHeaders: readonly string[];
  readonly traffic: TrafficPolicy;
  /** Names of claims of the caller's token by the headers, in lower case, in which it gets them. */
  readonly claimHeaders: Readonly<Record<string, string>>;
}

/** Either the graph, or what is wrong with its file: a sentence each, with file and line. */
export type ReadGraphFile =
  | { readonly graph: GraphFile; readonly problems?: never }
  | { readonly graph?: never; readonly problems: readonly string[] };

/**
 * Reads a `graph.yaml` and the SDL files that it names, which are relative to it.
 * @param builtIn are the names of the built-in subgraphs
 */
export function readGraphFile(
  path: string,
  environment: Environment,
  builtIn: readonly string[],
): ReadGraphFile {
  const { file, data, problems } = readYamlFile(
    path,
    environment,
    graphSchema(builtIn),
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
  const connectors = sources.flatMap(([name, source]) =>
    'connectors' in source ? (readConnectorFile(name, source, file, environment) ?? []) : [],
  );
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
  for (const { source, message } of read.policyProblems ?? [])
    file.add(['subgraphs', name, 'sources', source], message);
  return read.file;
}

/** @returns the values of environment variables that mappings may read */
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

/** Files that cannot be read are problems, also where the file that names them has others. */
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

/** The services of a `graph.yaml`, whose SDL files need not be there. */
export function readServices(
  path: string,
  environment: Environment,
  builtIn: readonly string[],
): ReadServices {
  const { file, data, problems } = readYamlFile(path, environment, graphSchema(builtIn), 'GRAPH');
  if (problems !== undefined) return { problems };
  const services = Object.entries(data.subgraphs).flatMap(([name, source]) =>
    'url' in source ? [{ name, url: source.url, schemaPath: file.resolve(source.schema) }] : [],
  );
  return { services };
}

/**
 * The files that a graph is read from: the `graph.yaml` and those that it names, whether they exist or not, and whatever is wrong with it.
 */
export function filesOfGraph(path: string): readonly string[] {
  const text = readTextFile(path);
  if (text === undefined || text.length > MAX_CHARACTERS) return [path];
  const file = new YamlFile(path, text);
  const { data } = namedFiles.safeParse(file.value());
  const named = Object.values(data?.subgraphs ?? {}).flatMap((source) => [
    source?.extend,
    source?.schema,
  ]);
  return [path, ...named.flatMap((name) => (name === undefined ? [] : file.resolve(name)))];
}

const fileName = z.string().optional().catch(undefined);

const namedFiles = z.object({
  subgraphs: z.record(
    z.string(),
    z.object({ extend: fileName, schema: fileName }).optional().catch(undefined),
  ),
});

export interface ServiceSource {
  readonly name: string;
  readonly url: string;
  /** Where its SDL is or will be. */
  readonly schemaPath: string;
}

export type ReadServices =
  | { readonly services: readonly ServiceSource[]; readonly problems?: never }
  | { readonly services?: never; readonly problems: readonly string[] };

const MAX_SUBGRAPHS = 100;
const MAX_HEADERS = 50;

/** Headers that every service gets, and credentials, which a claim is not. */
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

const SUBGRAPH_NAME = /^[a-z][a-z\d_-]{0,39}$/;

const VARIABLE = String.raw`\$\{`;

/** Goes on with a pattern. */
const OR_VARIABLE = `|${VARIABLE}`;

/** The JSON Schema of a `graph.yaml`, by which editors complete and check it. Any text may have `${NAME}` in it. */
export function graphFileJsonSchema(builtIn: readonly string[]): object {
  const sources = [builtInSchemaOf(builtIn), serviceSchema, connectorsSchema].map((schema) => {
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
        // Called once for a type and once for each wrapper around it.
        if (pattern?.endsWith(OR_VARIABLE) === false) jsonSchema.pattern = pattern + OR_VARIABLE;
      },
    });
    // The whole says it.
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
  | z.output<typeof connectorsSchema>;

const graphSchema = (builtIn: readonly string[]) => {
  const builtInSchema = builtInSchemaOf(builtIn);
  return z.strictObject({
    version: z.literal(1, 'must be 1'),
    subgraphs: z
      .record(
        z.string().regex(SUBGRAPH_NAME),
        z.unknown().transform((source, context): GraphSource => {
          const has = (key: string) =>
            typeof source === 'object' && source !== null && key in source;
          const read = (
            has('builtin') ? builtInSchema : has('connectors') ? connectorsSchema : serviceSchema
          ).safeParse(source, { error: describeIssue });
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
