import type { LogLevel } from './server-config.ts';

export interface LogOptions {
  readonly level: LogLevel;
  /** Texts that never appear in a line, whatever somebody tries to log: credentials. */
  readonly secrets: readonly string[];
  readonly write: (line: string) => void;
}

/** Options for Fastify's logger: JSON lines without bodies, headers, query strings or values of a path. */
export function buildLogger({ level, secrets, write }: LogOptions) {
  return {
    level,
    base: null,
    // Only what the hooks and handlers of ours log; pino's own would print whole requests and errors.
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
