import { existsSync } from 'node:fs';
import { z } from 'zod';
import { addProblem, type Environment, type Settings } from '../../settings/settings.ts';
import { httpUrl, integer, normalizeBaseUrl, oneOf } from '../../settings/values.ts';
import { CONNECTION_VARIABLES } from './connection-limits.ts';
import type { ConnectionLimits } from './connections.ts';
import { trustedProxies } from './trusted-proxies.ts';

/** The settings of each server process. */
export interface ServerConfig {
  readonly host: string;
  /** 0 lets the operating system choose a free port. */
  readonly port: number;
  /** The public URL of this process, without a trailing slash. @default from each request */
  readonly publicUrl?: string | undefined;
  /** The port of health and metrics. @default `port` */
  readonly metricsPort?: number | undefined;
  /** Maximum duration of a client request with all its calls; milliseconds. */
  readonly requestTimeoutMs: number;
  /** Whether responses from 1 kB are compressed for clients that accept it. */
  readonly compression: boolean;
  readonly production: boolean;
  /** Milliseconds between the signal to end and the last accepted connection, for load balancers to notice. */
  readonly drainDelayMs: number;
  /** Whether clients can read the schema, by introspection and at `/schema.graphql`. */
  readonly introspection: boolean;
  readonly logLevel: LogLevel;
  /** The module with the operator's policy decision; undefined if there is none. */
  readonly policiesFile: string | undefined;
  /** Addresses and networks of the proxies in front of this process, whose `x-forwarded-*` headers are trusted. */
  readonly trustedProxies: readonly string[];
  readonly connections: ConnectionLimits;
}

export type LogLevel = (typeof LOG_LEVELS)[number];

const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const;

export const serverSettings = ({
  defaultPort,
}: {
  readonly defaultPort: number;
}): Settings<ServerConfig> =>
  z
    .object({
      PORT: integer({ min: 0, max: 65_535 }).default(defaultPort),
      METRICS_PORT: integer({ min: 0, max: 65_535 }).optional(),
      HOST: hostName().default('127.0.0.1'),
      PUBLIC_URL: httpUrl().transform(normalizeBaseUrl).optional(),
      REQUEST_TIMEOUT_MS: integer({ min: 1, max: 600_000 }).default(10_000),
      COMPRESSION: oneOf(['true', 'false']).default('true'),
      DRAIN_DELAY_MS: integer({ min: 0, max: 600_000 }).optional(),
      INTROSPECTION: oneOf(['true', 'false']).optional(),
      LOG_LEVEL: oneOf(LOG_LEVELS).optional(),
      POLICIES: z.string().refine(existsSync, 'must name an existing file.').optional(),
      TRUST_PROXY: trustedProxies().optional(),
      ...CONNECTION_VARIABLES,
      // A misspelt value would open in production what is closed there.
      NODE_ENV: z
        .enum(['production', 'development', 'test'], {
          error: 'must be production, development or test, or unset.',
        })
        .optional(),
    })
    .transform((read, context) => {
      if (read.METRICS_PORT === read.PORT && read.PORT !== 0)
        addProblem(context, 'METRICS_PORT must be another port than PORT.');
      const production = read.NODE_ENV === 'production';
      return {
        host: read.HOST,
        port: read.PORT,
        publicUrl: read.PUBLIC_URL,
        metricsPort: read.METRICS_PORT,
        requestTimeoutMs: read.REQUEST_TIMEOUT_MS,
        compression: read.COMPRESSION === 'true',
        production,
        drainDelayMs: read.DRAIN_DELAY_MS ?? (production ? 5000 : 0),
        introspection:
          read.INTROSPECTION === undefined ? !production : read.INTROSPECTION === 'true',
        policiesFile: read.POLICIES,
        logLevel: read.LOG_LEVEL ?? (production ? 'info' : 'warn'),
        trustedProxies: read.TRUST_PROXY ?? [],
        connections: {
          max: read.MAX_CONNECTIONS,
          maxPerAddress: read.MAX_CONNECTIONS_PER_ADDRESS,
          maxUnreadBytes: read.MAX_UNREAD_BYTES,
          unreadMs: read.UNREAD_TIMEOUT_MS,
        },
      };
    });

/** Works even if other settings are invalid. */
export const isProduction = (environment: Environment) => environment['NODE_ENV'] === 'production';

const hostName = () => z.string().regex(/^[\w.:-]+$/, 'must be a host name or an IP address.');
