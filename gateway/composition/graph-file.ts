import { dirname, resolve } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import type { Environment } from '../../settings/settings.ts';
import { httpUrl } from '../../settings/values.ts';
import { readTextFile } from '../../settings/text-file.ts';

/** The sources of a graph, as a `graph.yaml` names them. */
export interface GraphFile {
  /** Its path, as it was given. */
  readonly path: string;
  /** The names of the built-in subgraphs that are part of the graph. */
  readonly builtIn: readonly string[];
  /** Files of custom fields, by the names of the built-in subgraphs. */
  readonly extensions: ReadonlyMap<string, SdlFile>;
  readonly services: readonly GraphService[];
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
  /** Names of claims of the caller's token by the headers, in lower case, in which it gets them. */
  readonly claimHeaders: Readonly<Record<string, string>>;
}

export interface SdlFile {
  /** As the `graph.yaml` names it. */
  readonly path: string;
  readonly sdl: string;
}

/** Either the graph, or what is wrong with its file: a sentence each, with file and line. */
export type ReadGraphFile =
  | { readonly graph: GraphFile; readonly problems?: never }
  | { readonly graph?: never; readonly problems: readonly string[] };

/**
 * Reads a `graph.yaml` and the SDL files that it names, which are relative to it. `${NAME}` in a value stands for an environment variable.
 * @param builtIn are the names of the built-in subgraphs
 */
export function readGraphFile(
  path: string,
  environment: Environment,
  builtIn: readonly string[],
): ReadGraphFile {
  const text = readTextFile(path);
  if (text === undefined)
    return { problems: [`GRAPH must name a file that can be read, but is "${path}".`] };
  if (text.length > MAX_CHARACTERS)
    return { problems: [`${path} must have at most ${String(MAX_CHARACTERS)} characters.`] };
  const file = new YamlFile(path, text);
  file.replaceVariables(environment);
  if (file.problems.length > 0) return { problems: file.problems };
  const read = graphSchema(builtIn).safeParse(file.value());
  if (!read.success) {
    for (const issue of read.error.issues) file.addIssue(issue);
    return { problems: file.problems };
  }
  const readSdl = (place: Place, named: string): SdlFile[] => {
    const sdl = readTextFile(resolve(dirname(path), named));
    if (sdl !== undefined) return [{ path: named, sdl }];
    file.add(place, `must name a file that can be read, but is "${named}"`);
    return [];
  };
  const sources = Object.entries(read.data.subgraphs);
  const services = sources.flatMap(([name, source]) =>
    'url' in source
      ? readSdl(['subgraphs', name, 'schema'], source.schema).map((schema) => ({
          name,
          url: source.url,
          schema,
          forwardedHeaders: source.headers?.forward ?? [],
          claimHeaders: source.headers?.claims ?? {},
        }))
      : [],
  );
  const extensions = sources.flatMap(([name, source]) =>
    'builtin' in source && source.extend !== undefined
      ? readSdl(['subgraphs', name, 'extend'], source.extend).map((sdl) => [name, sdl] as const)
      : [],
  );
  if (file.problems.length > 0) return { problems: file.problems };
  const names = sources.flatMap(([name, source]) => ('builtin' in source ? [name] : []));
  return { graph: { path, builtIn: names, extensions: new Map(extensions), services } };
}

const MAX_CHARACTERS = 1_000_000;
const MAX_SUBGRAPHS = 100;
const MAX_HEADERS = 50;

/** Headers that are about the connection, or by which this server itself speaks to services. */
const OWN_HEADERS =
  /^(?:connection|content-.*|host|transfer-encoding|te|trailer|upgrade|keep-alive|accept.*|cookie|x-tributary-.*)$/;

const headerName = z
  .string()
  .regex(/^[A-Za-z\d-]{1,100}$/, 'must be the name of a header')
  .transform((name) => name.toLowerCase())
  .refine((name) => !OWN_HEADERS.test(name), 'must not be a header that is about the connection');

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
        const header = headerName.safeParse(name);
        const problem = header.success
          ? NOT_FOR_CLAIMS.has(header.data) && 'must not be a header that has another meaning'
          : (header.error.issues[0]?.message ?? '');
        if (problem !== false) context.addIssue({ code: 'custom', path: [name], message: problem });
        return [name.toLowerCase(), claim] as const;
      }),
    ),
  )
  .refine(
    (claims) => Object.keys(claims).length <= MAX_HEADERS,
    `must be at most ${String(MAX_HEADERS)}`,
  );

const headersSchema = z
  .strictObject({
    forward: z.array(headerName).max(MAX_HEADERS).default([]),
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
  url: z.string('must be set').pipe(httpUrl()),
  schema: z.string('must be the path of an SDL file'),
  headers: headersSchema.optional(),
});

const graphSchema = (builtIn: readonly string[]) => {
  const builtInSchema = z.strictObject({
    builtin: z.enum(builtIn),
    extend: z.string('must be the path of an SDL file').optional(),
  });
  return z.strictObject({
    version: z.literal(1, 'must be 1'),
    subgraphs: z
      .record(
        z.string().regex(/^[a-z][a-z\d_-]{0,39}$/),
        z
          .unknown()
          .transform(
            (source, context): z.output<typeof builtInSchema> | z.output<typeof serviceSchema> => {
              const isBuiltIn =
                typeof source === 'object' && source !== null && 'builtin' in source;
              const read = (isBuiltIn ? builtInSchema : serviceSchema).safeParse(source);
              for (const issue of read.error?.issues ?? []) context.addIssue({ ...issue });
              return read.data ?? z.NEVER;
            },
          ),
      )
      .refine(
        (subgraphs) => Object.keys(subgraphs).length <= MAX_SUBGRAPHS,
        `must be at most ${String(MAX_SUBGRAPHS)}`,
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

type Place = readonly PropertyKey[];

/** A YAML document that knows the lines of its values. */
class YamlFile {
  readonly problems: string[] = [];
  readonly #path: string;
  readonly #lines = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;

  constructor(path: string, text: string) {
    this.#path = path;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    for (const { pos, message } of this.#document.errors)
      this.problems.push(`${this.#at(pos[0])} ${message.replace(/\.?$/, '.')}`);
  }

  value(): unknown {
    return this.#document.toJS({ maxAliasCount: 100 }) as unknown;
  }

  /** Writes the values of environment variables for `${NAME}`. */
  replaceVariables(environment: Environment): void {
    visit(this.#document, {
      Scalar: (_key, node) => {
        if (typeof node.value !== 'string') return;
        const offset = node.range?.[0] ?? 0;
        node.value = node.value.replace(/\$\{([A-Za-z_]\w{0,99})\}/g, (_all, name: string) => {
          const value = (Object.hasOwn(environment, name) && environment[name]) || '';
          if (value === '')
            this.problems.push(
              `${this.#at(offset)} needs the environment variable ${name}, which is not set.`,
            );
          return value;
        });
      },
    });
  }

  addIssue(issue: z.core.$ZodIssue): void {
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        this.add([...issue.path, key], 'is not known here; check its spelling');
      return;
    }
    const message =
      issue.code === 'invalid_value' && issue.path.at(-1) === 'builtin'
        ? `must be one of ${issue.values.join(', ')}`
        : issue.code === 'invalid_key'
          ? 'is no name of a subgraph: it must have lower-case letters, digits, - and _ only'
          : issue.message;
    this.add(issue.path, message);
  }

  /** @param message continues the name of the place */
  add(place: Place, message: string): void {
    this.problems.push(
      `${this.#at(this.#offsetOf(place))} ${place.join('.')} ${message.replace(/\.?$/, '.')}`,
    );
  }

  /** Where the key of a place is, or of the nearest place around it. */
  #offsetOf(place: Place): number {
    let offset = 0;
    let node: unknown = this.#document.contents;
    for (const part of place) {
      if (isSeq(node)) node = node.items[Number(part)];
      else if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && key.value === part);
        if (isScalar(pair?.key)) offset = pair.key.range?.[0] ?? offset;
        node = pair?.value;
      } else break;
      if (isScalar(node)) offset = node.range?.[0] ?? offset;
    }
    return offset;
  }

  #at(offset: number): string {
    return `${this.#path}:${String(this.#lines.linePos(offset).line)}:`;
  }
}
