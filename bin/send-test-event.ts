import { z } from 'zod';
import type { CommandOutput } from '../gateway/access/command/keys-command.ts';
import type { Environment, Problems } from '../settings/settings.ts';
import { httpUrl, normalizeBaseUrl } from '../settings/values.ts';
import type { ReadSdl } from '../subgraphs/start-subgraphs.ts';
import { openVendorEvents } from './opened-events.ts';

export interface SentEvent {
  /** The vendor's name of it. */
  readonly type: string;
  /** @default the id of no record */
  readonly id: string | undefined;
  /** The server's URL, including a path that a proxy removes. */
  readonly url: string;
}

/**
 * Signs an event with the newest secret of its vendor, and posts it to a running server.
 * @returns the problems
 */
export async function sendTestEvent(
  { type, id = '1', url }: SentEvent,
  environment: Environment,
  { write }: CommandOutput,
  readSdl: ReadSdl,
): Promise<readonly string[]> {
  const problems: Problems = [];
  const publicUrl = environment['PUBLIC_URL'] || url;
  if (!ID.test(id)) return [`--id must be the id of a record, but is "${id.slice(0, 100)}".`];
  if (!isHttpUrl(url)) return ['--url must be the URL of a server: http://127.0.0.1:4000.'];
  if (!isHttpUrl(publicUrl)) return ['PUBLIC_URL must be an http or https URL.'];
  const opened = await openVendorEvents(environment, readSdl, problems);
  if (opened === undefined) return problems;
  try {
    for (const { events, secretsName } of opened.vendors) {
      const [secret] = events.webhooks?.secrets ?? [];
      const path = `/webhooks/${events.vendor}`;
      const delivery = events.sign({
        type,
        id,
        // The signature covers the URL that the vendor would call.
        url: `${normalizeBaseUrl(publicUrl)}${path}`,
        secret: secret ?? '',
        now: Date.now(),
      });
      if (delivery === undefined) continue;
      if (secret === undefined)
        return [
          `Set ${secretsName} to the secret that the server has. \`tributary sandbox\` prints that of a server without keys.`,
        ];
      const response = await fetch(`${normalizeBaseUrl(url)}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...delivery.headers },
        body: delivery.body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) return [await describeRefusal(response, secretsName)];
      write(`The server has accepted ${type} of ${id}.`);
      return [];
    }
    return [
      `Events of the type "${type.slice(0, 100)}" cannot be sent. Choose one that this graph reads and that needs no more than an id, such as payment_intent.succeeded or deal.creation.`,
    ];
  } catch (error) {
    return [describeFailure(url, error)];
  } finally {
    await opened.close();
  }
}

async function describeRefusal(response: Response, secretsName: string): Promise<string> {
  const { errors } = REFUSAL.parse(await response.json().catch(() => undefined));
  const reason = errors[0]?.message ?? 'It is not a Tributary server, or an older one.';
  const hint =
    response.status === 401 ? ` Compare ${secretsName}, PUBLIC_URL and the clocks of both.` : '';
  return `The server responded with status ${String(response.status)}: ${reason}${hint}`;
}

const REFUSAL = z
  .object({ errors: z.array(z.object({ message: z.string() })) })
  .catch({ errors: [] });

function describeFailure(url: string, error: unknown): string {
  if (error instanceof DOMException && error.name === 'TimeoutError')
    return `The server at ${url} did not respond within ${String(TIMEOUT_MS / 1000)} seconds.`;
  // `fetch` throws a TypeError, whose cause is the reason.
  if (error instanceof TypeError)
    return `There is no server at ${url}. Set --url to the URL of a running one.`;
  throw error;
}

/** As in the responses of vendors. */
const ID = /^[\w-]{1,255}$/;

const isHttpUrl = (text: string) => httpUrl().safeParse(text).success;

const TIMEOUT_MS = 10_000;
