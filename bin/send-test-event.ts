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
      if (!response.ok) return [whyRefused(response.status, secretsName)];
      write(`The server has stored ${type} of ${id}.`);
      return [];
    }
    return [`No vendor has events of the type "${type.slice(0, 100)}" that this graph reads.`];
  } catch (error) {
    return [
      error instanceof DOMException && error.name === 'TimeoutError'
        ? `The server at ${url} did not respond within ${String(TIMEOUT_MS / 1000)} seconds.`
        : `There is no server at ${url}. Set --url to the URL of a running one.`,
    ];
  } finally {
    await opened.close();
  }
}

function whyRefused(status: number, secretsName: string): string {
  const refused = `The server responded with status ${String(status)}`;
  if (status === 401)
    return `${refused}: it has another secret in ${secretsName}, another PUBLIC_URL, or another time.`;
  if (status === 404)
    return `${refused}: it receives no webhooks of this vendor. Set ${secretsName} there.`;
  if (status === 503) return `${refused}: it could not store the event. Its log says why.`;
  return `${refused}.`;
}

const isHttpUrl = (text: string) => httpUrl().safeParse(text).success;

const TIMEOUT_MS = 10_000;
