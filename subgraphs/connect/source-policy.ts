import { z } from 'zod';
import { headerName } from '../../settings/header-name.ts';
import { count, duration, httpUrl, isLoopback, rate, time } from '../../settings/values.ts';
import type { Rate } from '../../state/shared-state.ts';
import { RESPONSE_FORMATS, type ResponseFormat } from './read-body.ts';
import { type PagesPolicies, pagesSchema } from './pages/pages-policy.ts';

/** How a source is called. It is configuration, which the portable SDL does not contain. */
export interface SourcePolicy {
  /** Overrides the SDL's. */
  readonly baseUrl?: string | undefined;
  readonly auth?: SourceAuth | undefined;
  /** Null: no limit. @default no limit */
  readonly rate?: Rate | null | undefined;
  /** Maximum number of concurrent calls. @default 20 */
  readonly concurrency?: number | undefined;
  /** Time limit of a read in milliseconds. @default that of all vendors */
  readonly timeoutMs?: number | undefined;
  /** Maximum number of retries of a read. @default that of all vendors */
  readonly retries?: number | undefined;
  /** Format of its responses. @default by their `Content-Type` */
  readonly responseFormat?: ResponseFormat | undefined;
  /** The values of `$config` in mappings: JSON. They may be secret. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** A path that `tributary doctor` reads with GET to check the credential. @default it is not checked */
  readonly probe?: string | undefined;
  /** @default responses are not cached */
  readonly cache?: SourceCache | undefined;
  /** How it recognizes a retried write. @default it does not: writes are not retried */
  readonly idempotencyKey?: IdempotencyKey | undefined;
  /** Whether it may be on this machine or in its link-local network, also in production. */
  readonly allowLocalAddress: boolean;
  /** How it pages lists. @default it does not */
  readonly pages?: PagesPolicies | undefined;
}

/** Cache lifetimes in seconds, for responses whose headers do not set them. */
export interface SourceCache {
  /** Seconds for which a response is fresh. @default 0 */
  readonly ttl: number;
  /** Seconds after that for which a stale response is used while the source fails. @default 0 */
  readonly stale: number;
  /** Overrides `ttl`, by connector name: `Query.order`, or `Order` for those on a type; 0: never cached. */
  readonly fields: Readonly<Record<string, number>>;
}

/** A header with an idempotency key. */
export interface IdempotencyKey {
  /** In lower case. */
  readonly header: string;
  /** How long the source remembers a key. @default a day, the maximum */
  readonly rememberedSeconds: number | undefined;
}

/** The credential for a source. */
export type SourceAuth =
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'query'; readonly name: string; readonly value: string }
  | OAuth2;

/** Client credentials: RFC 6749, section 4.4; or with a refresh token, section 6. */
export interface OAuth2 {
  readonly kind: 'oauth2';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** @default client credentials */
  readonly refreshToken?: string | undefined;
  readonly scopes: readonly string[];
}

export const DEFAULT_POLICY: SourcePolicy = { allowLocalAddress: false };

const DAY_SECONDS = 86_400;

const credential = () =>
  z
    .string('must be text')
    .regex(/^[\x20-\x7e]{1,8000}$/, 'must be printable ASCII text of at most 8,000 characters');

const KINDS = ['bearer', 'basic', 'header', 'query', 'oauth2'] as const;

const authSchema = z
  .strictObject({
    bearer: credential().optional().describe('A token, sent as "authorization: Bearer ...".'),
    basic: z
      .strictObject({ user: credential(), password: credential() })
      .optional()
      .describe('User name and password, sent as "authorization: Basic ...".'),
    header: z
      .strictObject({ name: headerName(), value: credential() })
      .optional()
      .describe('A header that holds a key.'),
    query: z
      .strictObject({ name: z.string().regex(/^[\w.-]{1,100}$/), value: credential() })
      .optional()
      .describe('A query parameter that holds a key.'),
    oauth2: z
      .strictObject({
        tokenUrl: z.string('must be set').pipe(httpUrl()),
        clientId: credential(),
        clientSecret: credential(),
        refreshToken: credential().optional(),
        scopes: z
          .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/))
          .max(50)
          .optional(),
      })
      .optional()
      .describe(
        'Client credentials, by which a token is fetched: RFC 6749, section 4.4. With "refreshToken": section 6.',
      ),
  })
  .refine(
    (auth) => KINDS.filter((kind) => auth[kind] !== undefined).length === 1,
    `must have one of ${KINDS.join(', ')}`,
  );

/** The maximum length of a mapping. */
const MAX_CONFIG_CHARACTERS = 100_000;

const configSchema = z
  .record(
    z.string().regex(/^[A-Za-z_]\w{0,99}$/),
    z.unknown(),
    'must be a mapping of names to values',
  )
  .refine(
    (config) => JSON.stringify(config).length <= MAX_CONFIG_CHARACTERS,
    `must have at most ${String(MAX_CONFIG_CHARACTERS)} characters as JSON`,
  );

const cacheSchema = z
  .union(
    [
      duration(DAY_SECONDS),
      z.strictObject({
        ttl: duration(DAY_SECONDS).optional(),
        stale: duration(DAY_SECONDS).optional(),
        fields: z
          .record(
            z.string().regex(/^[A-Za-z_]\w{0,99}(?:\.[A-Za-z_]\w{0,99})?$/),
            z.union([duration(DAY_SECONDS), z.literal('never').transform(() => 0)]),
          )
          .refine((fields) => Object.keys(fields).length <= MAX_CACHED_FIELDS)
          .optional(),
      }),
    ],
    'must be a time of at most 24 hours, such as 30s, or { ttl: 30s, stale: 1h, fields: { Query.order: never, Item: 1h } }',
  )
  .transform((cache): SourceCache => {
    const { ttl = 0, stale = 0, fields = {} } = typeof cache === 'number' ? { ttl: cache } : cache;
    return { ttl, stale, fields };
  });

const MAX_CACHED_FIELDS = 1000;

const idempotencyKeySchema = z
  .union(
    [
      headerName(),
      z.strictObject({ header: headerName(), keptFor: duration(DAY_SECONDS).optional() }),
    ],
    'must be the name of a header, such as Idempotency-Key, or { header: Idempotency-Key, keptFor: 12h }',
  )
  .transform((key): IdempotencyKey =>
    typeof key === 'string'
      ? { header: key, rememberedSeconds: undefined }
      : { header: key.header, rememberedSeconds: key.keptFor },
  );

/** A source in a `graph.yaml`. */
export const sourcePolicySchema = z.strictObject({
  baseUrl: z
    .string()
    .pipe(httpUrl())
    .optional()
    .describe('Where the API is, in place of the baseURL of the SDL.'),
  auth: authSchema.optional().describe('The credential that every call carries.'),
  limits: z
    .strictObject({ rate: rate().optional(), concurrency: count(1, 1000).optional() })
    .optional()
    .describe('How many calls are made: "rate: 100/10s", and "concurrency" at once.'),
  timeout: time().optional().describe('How long a read may take, retries included: 800ms, 2s.'),
  retries: count(0, 5).optional().describe('How often a read is sent again.'),
  responseFormat: z
    .enum(RESPONSE_FORMATS)
    .optional()
    .describe('The format of all responses, whatever their Content-Type says.'),
  config: configSchema
    .optional()
    .describe('Values that mappings of the connectors read as $config.<name>.'),
  probe: z
    .string('must be a path such as /health')
    .regex(/^\/[\w./-]{0,200}$/, 'must be a path such as /health')
    .optional()
    .describe('A path that GET may read, by which "tributary doctor" tries the credential.'),
  cache: cacheSchema
    .optional()
    .describe(
      'For how long responses are cached whose headers do not say so: 30s; or "ttl", "stale" (while the API fails) and "fields".',
    ),
  idempotencyKey: idempotencyKeySchema
    .optional()
    .describe(
      'The header by which the API does each write once: "Idempotency-Key"; with "keptFor", how long it remembers one.',
    ),
  allowLocalAddress: z
    .boolean('must be true or false')
    .optional()
    .describe('Whether the API may be on this machine, in production too.'),
  pages: pagesSchema
    .optional()
    .describe(
      'How lists are paged, by Type.field, or by Type for connectors with $batch. The entry "default" has what they have in common.',
    ),
});

export function readPolicy(source: z.output<typeof sourcePolicySchema>): SourcePolicy {
  const { baseUrl, auth, limits, timeout: timeoutMs, retries, responseFormat, config } = source;
  const { pages, probe, cache, idempotencyKey, allowLocalAddress = false } = source;
  return {
    baseUrl,
    auth: auth && readAuth(auth),
    rate: limits?.rate,
    concurrency: limits?.concurrency,
    timeoutMs,
    retries,
    responseFormat,
    config,
    probe,
    cache,
    idempotencyKey,
    allowLocalAddress,
    pages,
  };
}

function readAuth({
  bearer,
  basic,
  header,
  query,
  oauth2,
}: z.output<typeof authSchema>): SourceAuth {
  if (bearer !== undefined)
    return { kind: 'header', name: 'authorization', value: `Bearer ${bearer}` };
  if (basic !== undefined) {
    const text = Buffer.from(`${basic.user}:${basic.password}`).toString('base64');
    return { kind: 'header', name: 'authorization', value: `Basic ${text}` };
  }
  if (header !== undefined) return { kind: 'header', ...header };
  if (query !== undefined) return { kind: 'query', ...query };
  if (oauth2 !== undefined) {
    const { scopes = [], ...rest } = oauth2;
    return { kind: 'oauth2', scopes, ...rest };
  }
  throw new TypeError('A credential of a source has one kind.');
}

/** Secrets, to be redacted in logs. */
export const secretsOf = ({ auth, config }: SourcePolicy): readonly string[] => [
  ...credentialsOf(auth),
  ...secretTexts(config),
];

/** Secret texts in JSON; short ones are ignored, as redacting them would garble the logs. */
export function secretTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length < MIN_SECRET ? [] : [value];
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(secretTexts)
    : [];
}

const MIN_SECRET = 8;

function credentialsOf(auth: SourceAuth | undefined): readonly string[] {
  if (auth === undefined) return [];
  if (auth.kind === 'oauth2') return [auth.clientSecret, auth.refreshToken ?? auth.clientSecret];
  const [, basic] = /^Basic (.*)$/.exec(auth.value) ?? [];
  if (basic === undefined) return [auth.value, auth.value.replace(/^Bearer /, '')];
  const text = Buffer.from(basic, 'base64').toString();
  return [auth.value, basic, text, text.replace(/^[^:]*:/, '')];
}

/** Whether a host is this machine, its link-local network, or a metadata service of a cloud. */
export function isLocalAddress(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (isLoopback(name) || name.endsWith('.localhost') || METADATA_HOSTS.has(name)) return true;
  if (/^(?:0|127|169\.254)\./.test(name) && isIpv4(name)) return true;
  return name.startsWith('[') && isLocalIpv6(name);
}

const isIpv4 = (host: string) => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);

/** `URL` has normalized the address to its shortest text, with an embedded IPv4 address as two hexadecimal groups. */
const isLocalIpv6 = (host: string) =>
  /^\[(?:::1?|fe[89ab][\da-f]:.*|fd00:ec2::.*|::ffff:(?:7f|a9fe:|0:).*)\]$/.test(host);

const METADATA_HOSTS = new Set(['metadata', 'metadata.google.internal', 'metadata.goog']);
