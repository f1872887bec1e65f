import type { LogLevel } from './server-config.ts';

export interface LogOptions {
  readonly level: LogLevel;
  /** Credentials, which are removed from each line. */
  readonly secrets: readonly string[];
  readonly write: (line: string) => void;
}

/** Options for Fastify's logger: JSON lines without bodies, headers, query strings or path parameters. */
export function buildLogger({ level, secrets, write }: LogOptions) {
  return {
    level,
    base: null,
    // pino's own serializers would print whole requests and errors.
    serializers: {
      req: () => ({}),
      res: () => ({}),
      err: ({ name }: Error) => ({ type: name, message: '', stack: '' }),
    },
    stream: {
      write: (line: string) => {
        write(secrets.reduce((text, secret) => text.replaceAll(secret, '[secret]'), line));
      },
    },
  };
}
