import { CodedError } from '../errors/coded-error.ts';
import type { CommandOutput } from '../gateway/access/command/keys-command.ts';
import { createCallTrace } from '../request/request-scope.ts';
import { readArguments } from '../settings/command-line.ts';
import type { Environment, Problems } from '../settings/settings.ts';
import { normalizeBaseUrl } from '../settings/values.ts';
import type { ReadSdl } from '../subgraphs/start-subgraphs.ts';
import { UpstreamError } from '../upstream/upstream-error.ts';
import { WEBHOOKS_USAGE } from './events-usage.ts';
import { type OpenedEvents, openVendorEvents } from './opened-events.ts';

/**
 * `tributary webhooks setup`: subscribes a server to the vendors' events, if they have an API for that, and prints the remaining steps.
 * @returns the exit code: 1 on any failure
 */
export async function runWebhooksCommand(
  args: readonly string[],
  environment: Environment,
  { write, report }: CommandOutput,
  readSdl: ReadSdl,
): Promise<number> {
  const command = readCommand(args);
  const problems: Problems = [];
  if (command === undefined) {
    WEBHOOKS_USAGE.forEach(report);
    return 1;
  }
  const { url, vendor: only, printsSecret } = command;
  if (!isPublic(url)) {
    report('--url must be an https URL that vendors can reach, such as https://api.example.com.');
    return 1;
  }
  if (/\/webhooks(?:\/|$)/.test(new URL(url).pathname)) {
    report('--url must be the URL of the server, without /webhooks: each vendor has its own path.');
    return 1;
  }
  const opened = await openVendorEvents(environment, readSdl, problems);
  problems.forEach(report);
  if (opened === undefined) return 1;
  try {
    const chosen = opened.vendors.filter(
      ({ events }) => only === undefined || events.vendor === only,
    );
    const names = opened.vendors.map(({ events }) => events.vendor).join(', ');
    if (chosen.length === 0) report(`--vendor must be one of ${names}.`);
    let isDone = chosen.length > 0;
    for (const one of chosen) {
      const problem = await setUp(one, { url, printsSecret }, { write, report });
      if (problem === undefined) continue;
      report(`${one.events.vendor}: ${problem}`);
      isDone = false;
    }
    return isDone ? 0 : 1;
  } finally {
    await opened.close();
  }
}

/** @returns the problem, if a vendor's events could not be set up */
async function setUp(
  { events, missing }: OpenedEvents,
  { url, printsSecret }: { readonly url: string; readonly printsSecret: boolean },
  { write, report }: CommandOutput,
): Promise<string | undefined> {
  if (missing !== undefined)
    return `${missing} is not set. Set it to the credential that the server has.`;
  const scope = { signal: AbortSignal.timeout(TIMEOUT_MS), trace: createCallTrace() };
  const target = `${normalizeBaseUrl(url)}/webhooks/${events.vendor}`;
  try {
    const { lines, secret, secretName } = await events.setUp(target, scope);
    lines.forEach(report);
    // Only the secret goes to stdout, so that a script can store it.
    if (printsSecret && secret !== undefined) write(secret);
    else if (printsSecret) report(`There is no new secret for ${secretName}.`);
    return undefined;
  } catch (error) {
    const { setUpPermission } = events;
    if (setUpPermission !== undefined && error instanceof UpstreamError && error.status === 403)
      return `The key lacks the permission "${setUpPermission}".`;
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}

function readCommand(args: readonly string[]) {
  const read = readArguments(args, {
    url: { type: 'string' },
    vendor: { type: 'string' },
    'print-secret': { type: 'boolean', default: false },
  });
  if (read === undefined) return undefined;
  const { url, vendor, 'print-secret': printsSecret } = read.values;
  return read.positionals.join() === 'setup' && url !== undefined
    ? { url, vendor, printsSecret }
    : undefined;
}

const isPublic = (text: string) => {
  if (!URL.canParse(text)) return false;
  const { protocol, search, hash, username, password } = new URL(text);
  return protocol === 'https:' && search + hash + username + password === '';
};

const TIMEOUT_MS = 60_000;
