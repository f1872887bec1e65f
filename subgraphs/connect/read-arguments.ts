import { z } from 'zod';
import type { ConstDirectiveNode } from 'graphql';
import { headerName } from '../../settings/header-name.ts';
import type { HttpMethod } from '../../upstream/connection-pool.ts';
import { argumentsOf, lineOf } from './connect-links.ts';
import type {
  CommonRequest,
  HeaderTemplate,
  RequestTemplate,
  SuccessRules,
} from './connector-file.ts';
import {
  type Mapping,
  MappingSyntaxError,
  type MappingVersion,
  parseMapping,
} from './mapping/mapping.ts';
import { lineOfMapping } from './mapping-lines.ts';
import type { ProblemCode, Problems } from './problems.ts';
import { parseTemplate, parseUrlTemplate, type Template } from './url-template.ts';

const text = () => z.string('must be text').min(1, 'must not be empty').max(100_000);

/** Headers that connectors cannot set: those of the connection, and those that this server itself sends to services. */
const OWN_HEADERS =
  /^(?:connection|content-length|content-encoding|host|transfer-encoding|te|trailer|upgrade|keep-alive|expect|accept-encoding|cookie|x-tributary-.*)$/;

const headersSchema = z
  .array(
    z
      .strictObject({
        name: headerName(OWN_HEADERS),
        from: headerName(OWN_HEADERS).optional(),
        value: text().optional(),
      })
      .refine(
        ({ from, value }) => (from === undefined) !== (value === undefined),
        'must have either from or value',
      ),
    'must be a list of headers: [{ name: "x-tenant", value: "north" }]',
  )
  .max(50)
  .default([]);

const rules = {
  errors: z.strictObject({ message: text().optional(), extensions: text().optional() }).optional(),
  isSuccess: text().optional(),
};

const common = { headers: headersSchema, path: text().optional(), queryParams: text().optional() };

const sourceSchema = z.strictObject({
  name: z
    .string('must be set')
    .regex(
      /^[A-Za-z][\w-]{0,63}$/,
      'must have letters, digits, - and _ only, and begin with a letter',
    ),
  http: z.strictObject(
    { ...common, baseURL: z.string('must be set') },
    'must be set: { baseURL: "https://api.example.com" }',
  ),
  ...rules,
});

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const satisfies HttpMethod[];

const connectSchema = z.strictObject({
  source: text().optional(),
  id: text().optional(),
  http: z
    .strictObject(
      {
        ...common,
        ...(Object.fromEntries(METHODS.map((method) => [method, text().optional()])) as Record<
          (typeof METHODS)[number],
          z.ZodOptional<z.ZodString>
        >),
        body: text().optional(),
      },
      'must be set: { GET: "/orders" }',
    )
    .refine(
      (http) => METHODS.filter((method) => http[method] !== undefined).length === 1,
      `must have one of ${METHODS.join(', ')}`,
    )
    .refine(
      (http) => http.GET === undefined || http.body === undefined,
      'must have no body with GET: use POST, or queryParams',
    ),
  selection: text(),
  entity: z.boolean().default(false),
  batch: z
    .strictObject({
      maxSize: z
        .int('must be an integer from 1 to 1000')
        .min(1, 'must be an integer from 1 to 1000')
        .max(1000, 'must be an integer from 1 to 1000')
        .optional(),
    })
    .optional(),
  ...rules,
});

type SourceArguments = z.output<typeof sourceSchema>;
export type ConnectArguments = z.output<typeof connectSchema>;

/** Reads the arguments of one directive; its mappings have one version. */
export class ArgumentReader {
  readonly #directive: ConstDirectiveNode;
  readonly #place: string;
  readonly #version: MappingVersion;
  readonly #problems: Problems;

  /** @param place the directive's position in messages: `Customer.orders` */
  constructor(
    directive: ConstDirectiveNode,
    place: string,
    version: MappingVersion,
    problems: Problems,
  ) {
    this.#directive = directive;
    this.#place = place;
    this.#version = version;
    this.#problems = problems;
  }

  source = (): SourceArguments | undefined => this.#read(sourceSchema);

  connect = (): ConnectArguments | undefined => this.#read(connectSchema);

  /** @param sentence continues the message after the place */
  refuse(code: ProblemCode, sentence: string, path: readonly PropertyKey[] = []): void {
    this.#problems.add(code, lineOf(this.#directive, path), `${this.#place} ${sentence}`);
  }

  common({ path, queryParams, headers }: SourceArguments['http'] | ConnectArguments['http']) {
    return {
      path: this.mapping(path, ['http', 'path']),
      queryParams: this.mapping(queryParams, ['http', 'queryParams']),
      headers: this.#headers(headers),
    } satisfies CommonRequest;
  }

  /** @param url starts with a slash, or is empty */
  request(http: ConnectArguments['http'], url: string): RequestTemplate | undefined {
    const method = methodOf(http);
    const template = this.#guard('INVALID_URL', ['http', method], () =>
      parseUrlTemplate(url, (expression) => parseMapping(expression, this.#version)),
    );
    if (template === undefined) return undefined;
    const contentType = http.headers.find(({ name }) => name === 'content-type')?.value;
    const bodyType = bodyTypeOf(contentType);
    if (bodyType === undefined) {
      this.refuse(
        'NOT_SUPPORTED',
        `must have the content type application/json or application/x-www-form-urlencoded, but has "${String(contentType)}"`,
        ['http', 'headers'],
      );
      return undefined;
    }
    return {
      ...this.common(http),
      method,
      url: template,
      body: this.mapping(http.body, ['http', 'body']),
      bodyType,
    };
  }

  rules({ errors, isSuccess }: SourceArguments | ConnectArguments): SuccessRules {
    return {
      isSuccess: this.mapping(isSuccess, ['isSuccess']),
      message: this.mapping(errors?.message, ['errors', 'message']),
      extensions: this.mapping(errors?.extensions, ['errors', 'extensions']),
    };
  }

  mapping(text: string | undefined, path: readonly PropertyKey[]): Mapping | undefined {
    if (text === undefined) return undefined;
    return this.#guard('INVALID_MAPPING', path, () => parseMapping(text, this.#version));
  }

  #headers(headers: ConnectArguments['http']['headers']): readonly HeaderTemplate[] {
    return headers.flatMap(({ name, from, value }): readonly HeaderTemplate[] => {
      if (from !== undefined) return [{ name, from }];
      // The HTTP client sets it by the format of the body.
      if (value === undefined || name === 'content-type') return [];
      const template = this.#template(value);
      return template === undefined ? [] : [{ name, value: template }];
    });
  }

  #template(text: string): Template | undefined {
    const template = this.#guard('INVALID_ARGUMENT', ['http', 'headers'], () =>
      parseTemplate(text, (expression) => parseMapping(expression, this.#version)),
    );
    if (template?.some((part) => typeof part === 'string' && !IN_HEADERS.test(part)) !== true)
      return template;
    this.refuse('INVALID_ARGUMENT', 'must have headers of printable ASCII text', [
      'http',
      'headers',
    ]);
    return undefined;
  }

  #guard<T>(code: ProblemCode, path: readonly PropertyKey[], read: () => T): T | undefined {
    const name = path.join('.');
    try {
      return read();
    } catch (error) {
      if (error instanceof MappingSyntaxError)
        this.#problems.add(
          'INVALID_MAPPING',
          lineOfMapping(this.#directive, path, error.text, error.position) ??
            lineOf(this.#directive, path),
          `${this.#place} has a ${name} that is no mapping: ${error.message}`,
        );
      else if (error instanceof TypeError) this.refuse(code, `${name} ${error.message}`, path);
      else throw error;
      return undefined;
    }
  }

  #read<T>(schema: z.ZodType<T>): T | undefined {
    const read = schema.safeParse(argumentsOf(this.#directive));
    if (read.success) return read.data;
    for (const issue of read.error.issues) {
      if (issue.code === 'unrecognized_keys')
        for (const key of issue.keys)
          this.refuse(
            'INVALID_ARGUMENT',
            `has ${[...issue.path, key].join('.')}, which is not known here; check its spelling`,
            [...issue.path, key],
          );
      else this.refuse('INVALID_ARGUMENT', `${issue.path.join('.')} ${issue.message}`, issue.path);
    }
    return undefined;
  }
}

export const methodOf = (http: ConnectArguments['http']): HttpMethod =>
  METHODS.find((method) => http[method] !== undefined) ?? 'GET';

function bodyTypeOf(contentType: string | undefined): RequestTemplate['bodyType'] | undefined {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? 'application/json';
  if (type === 'application/json') return 'json';
  return type === 'application/x-www-form-urlencoded' ? 'form' : undefined;
}

/** Valid header text, without line ends. */
export const IN_HEADERS = /^[\t\x20-\x7e]*$/;
