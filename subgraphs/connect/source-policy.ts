import { z } from 'zod';
import { headerName } from '../../settings/header-name.ts';
import { count, httpUrl, isLoopback, rate, time } from '../../settings/values.ts';
import type { Rate } from '../../state/shared-state.ts';

/** How a source is called. It is configuration: the SDL, which is portable, says nothing of it. */
export interface SourcePolicy {
  /** In place of the SDL's. */
  readonly baseUrl?: string | undefined;
  readonly auth?: SourceAuth | undefined;
  /** Null: no limit. @default no limit */
  readonly rate?: Rate | null | undefined;
  /** How many calls may be under way at once. @default 20 */
  readonly concurrency?: number | undefined;
  /** How long a read may take, in milliseconds. @default that of all vendors */
  readonly timeoutMs?: number | undefined;
  /** How often a read is sent again. @default that of all vendors */
  readonly retries?: number | undefined;
  /** The values of `$config` in mappings: JSON. They may be secret. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** Whether it may be on this machine or in its link-local network, in production too. */
  readonly allowLocalAddress: boolean;
}

/** What proves to a source who calls. */
export type SourceAuth =
  | { readonly kind: 'header'; readonly name: string; readonly value: string }
  | { readonly kind: 'query'; readonly name: string; readonly value: string }
  | OAuth2;

/** Client credentials: RFC 6749, section 4.4. */
export interface OAuth2 {
  readonly kind: 'oauth2';
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scopes: readonly string[];
}

export const DEFAULT_POLICY: SourcePolicy = { allowLocalAddress: false };

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
        scopes: z
          .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/))
          .max(50)
          .optional(),
      })
      .optional()
      .describe('Client credentials, by which a token is fetched: RFC 6749, section 4.4.'),
  })
  .refine(
    (auth) => KINDS.filter((kind) => auth[kind] !== undefined).length === 1,
    `must have one of ${KINDS.join(', ')}`,
  );

/** As long as a mapping may be. */
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
  config: configSchema
    .optional()
    .describe('Values that mappings of the connectors read as $config.<name>.'),
  allowLocalAddress: z
    .boolean('must be true or false')
    .optional()
    .describe('Whether the API may be on this machine, in production too.'),
});

export function readPolicy(source: z.output<typeof sourcePolicySchema>): SourcePolicy {
  const {
    baseUrl,
    auth,
    limits,
    timeout: timeoutMs,
    retries,
    config,
    allowLocalAddress = false,
  } = source;
  return {
    baseUrl,
    auth: auth && readAuth(auth),
    rate: limits?.rate,
    concurrency: limits?.concurrency,
    timeoutMs,
    retries,
    config,
    allowLocalAddress,
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

/** What no log may hold. */
export const secretsOf = ({ auth, config }: SourcePolicy): readonly string[] => [
  ...credentialsOf(auth),
  ...secretTexts(config),
];

/** Texts in JSON that no log may hold; a short one is no secret, and replacing it would spoil every line. */
export function secretTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length < MIN_SECRET ? [] : [value];
  return typeof value === 'object' && value !== null
    ? Object.values(value).flatMap(secretTexts)
    : [];
}

const MIN_SECRET = 8;

const credentialsOf = (auth: SourceAuth | undefined): readonly string[] =>
  auth === undefined
    ? []
    : auth.kind === 'oauth2'
      ? [auth.clientSecret]
      : [auth.value, auth.value.replace(/^(?:Bearer|Basic) /, '')];

/** Whether a host is this machine, its link-local network, or where clouds give out credentials. */
export function isLocalAddress(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (isLoopback(name) || name.endsWith('.localhost') || METADATA_HOSTS.has(name)) return true;
  if (/^(?:0|127|169\.254)\./.test(name) && isIpv4(name)) return true;
  return name.startsWith('[') && isLocalIpv6(name);
}

const isIpv4 = (host: string) => /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);

/** `URL` has made the text the shortest one, and an IPv4 address in it two groups of hexadecimal digits. */
const isLocalIpv6 = (host: string) =>
  /^\[(?:::1?|fe[89ab][\da-f]:.*|fd00:ec2::.*|::ffff:(?:7f|a9fe:|0:).*)\]$/.test(host);

const METADATA_HOSTS = new Set(['metadata', 'metadata.google.internal', 'metadata.goog']);
