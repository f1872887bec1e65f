import { parseArgs } from 'node:util';
import { type Environment, parseSettings, type Problems } from '../../../settings/settings.ts';
import { codeOf } from '../../../settings/text-file.ts';
import { keyPlaceSettings } from '../access-config.ts';
import { createApiKey, hashOfKey } from '../keys/api-key.ts';
import { createFileKeyRing } from '../keys/file-keys.ts';
import { type KeyRecord, stateOf } from '../keys/key-record.ts';
import type { KeyRing } from '../keys/key-store.ts';
import { alignColumns } from './align-columns.ts';
import { buildKeyRecord, KEY_OPTIONS } from './key-options.ts';

export interface CommandOutput {
  /** Writes a line of the requested result. */
  readonly write: (line: string) => void;
  /** Writes a message to the user of the command. */
  readonly report: (line: string) => void;
}

/**
 * Reads the scopes of the graph that the gateway serves.
 * @returns undefined if other scopes can be valid, or the graph is invalid; problems have then been added to `problems`
 */
export type ReadKnownScopes = (problems: Problems) => Promise<ReadonlySet<string> | undefined>;

/** Runs `tributary keys <args>`. @returns the exit code of the process */
export async function runKeysCommand(
  args: readonly string[],
  environment: Environment,
  output: CommandOutput,
  readKnownScopes: ReadKnownScopes,
): Promise<number> {
  const [name = '', ...rest] = args;
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  const problems: Problems = [];
  const place = parseSettings(keyPlaceSettings, environment, problems);
  if (command === undefined) problems.push(...KEYS_USAGE);
  if (command === undefined || place === undefined) return refuse(problems, output);
  const ring = 'file' in place ? createFileKeyRing(place.file) : await openRedis(place.redisUrl);
  try {
    return refuse(await command(rest, ring, output, readKnownScopes), output);
  } catch (error) {
    return refuse([describe(error, 'file' in place ? place.file : 'Redis')], output);
  } finally {
    ring.close();
  }
}

type KeysCommand = (
  args: readonly string[],
  ring: KeyRing,
  output: CommandOutput,
  readKnownScopes: ReadKnownScopes,
) => Promise<Problems>;

const COMMANDS: Readonly<Record<string, KeysCommand>> = {
  create: async (args, ring, { write, report }, readKnownScopes) => {
    const { values } = parseArgs({ args: [...args], options: KEY_OPTIONS });
    const { id, text } = createApiKey();
    const problems: Problems = [];
    const record = buildKeyRecord(
      { id, hash: hashOfKey(text).toString('hex'), now: new Date() },
      values,
      await readKnownScopes(problems),
      problems,
    );
    if (record === undefined || problems.length > 0) return problems;
    await ring.add(record);
    // The only line on stdout, for scripts.
    write(text);
    report(
      `This is the key ${id} for ${record.name}. It is shown only once: the server stores only its hash.`,
    );
    return [];
  },

  list: async (args, ring, { write }) => {
    parseArgs({ args: [...args], options: {} });
    const now = Date.now();
    const rows = [...(await ring.list())]
      .sort((a, b) => (a.createdAt < b.createdAt ? -1 : 1))
      .map((record) => describeKey(record, now));
    for (const line of alignColumns([['ID', 'STATE', 'EXPIRES', 'SCOPES', 'NAME'], ...rows]))
      write(line);
    return [];
  },

  revoke: async (args, ring, { write }) => {
    const { positionals } = parseArgs({ args: [...args], options: {}, allowPositionals: true });
    const [id] = positionals;
    if (id === undefined || positionals.length > 1)
      return ['Name one key by its id: tributary keys revoke <id>.'];
    const found = await ring.revoke(id, new Date().toISOString());
    if (found === undefined)
      return [`There is no key with the id "${id}". List the ids: tributary keys list.`];
    write(
      `The key ${id} for ${found.name} is revoked. All instances refuse it within a few seconds.`,
    );
    return [];
  },
};

export const KEYS_USAGE = [
  'tributary keys create --name <owner> --scopes <scope,scope|all|none> [--expires <90d|2027-12-31|never>]',
  '    [--requests-per-minute <n>] [--cost-per-minute <n>] [--max-concurrent <n>] [--audience <name>]',
  'tributary keys list',
  'tributary keys revoke <id>',
];

async function openRedis(url: string): Promise<KeyRing> {
  const { openRedisKeyRing } = await import('../keys/redis-keys.ts');
  return openRedisKeyRing(url);
}

function refuse(problems: Problems, { report }: CommandOutput): number {
  for (const problem of problems) report(problem);
  return problems.length === 0 ? 0 : 1;
}

/** Node.js's messages about arguments are readable; for files only the error code is used. */
function describe(error: unknown, place: string): string {
  const code = codeOf(error);
  if (
    !(error instanceof Error) ||
    (typeof code === 'string' && !code.startsWith('ERR_PARSE_ARGS'))
  ) {
    return `The keys in ${place} cannot be read or written: ${String(code)}.`;
  }
  if (error.name === 'ZodError' || error.name === 'SyntaxError')
    return `${place} contains something other than API keys.`;
  return error.message;
}

function describeKey(record: KeyRecord, now: number): string[] {
  const scopes = record.scopes === 'all' ? 'all' : record.scopes.join(',') || 'none';
  return [
    record.id,
    stateOf(record, now),
    record.expiresAt?.slice(0, 10) ?? 'never',
    scopes,
    record.name,
  ];
}
