import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { parseSdl } from '../../subgraphs/extensions/parse-sdl.ts';
import { readTextFile } from '../../settings/text-file.ts';
import { probe } from '../../upstream/probe.ts';
import type { ProxySettings } from '../../upstream/proxy.ts';
import type { ServiceSource } from './graph-file.ts';

/** The result for the SDL file of one service. */
export interface Refreshed {
  readonly isRefreshed: boolean;
  readonly sentence: string;
}

/** Fetches the SDL of each service (https://www.apollographql.com/docs/federation/subgraph-spec) and writes it to the service's file. */
export function refreshSchemas(
  services: readonly ServiceSource[],
  proxies: ProxySettings | undefined,
): Promise<readonly Refreshed[]> {
  return Promise.all(services.map((service) => refreshSchema(service, proxies)));
}

async function refreshSchema(
  { name, url, schemaPath }: ServiceSource,
  proxies: ProxySettings | undefined,
): Promise<Refreshed> {
  const failed = (reason: string) => ({
    isRefreshed: false,
    sentence: `The SDL of the service ${name} was not read: ${reason}`,
  });
  const api = { baseUrl: url, authorize: () => undefined };
  const request = { method: 'POST', path: '', json: { query: '{ _service { sdl } }' } } as const;
  const response = await probe(api, request, proxies).catch(() => undefined);
  if (response === undefined) return failed('the service did not respond.');
  const sdl = SDL_RESPONSE.safeParse(response.body).data?.data._service.sdl;
  if (sdl === undefined)
    return failed(
      `its response to { _service { sdl } } has no SDL (status ${String(response.status)}).`,
    );
  const { problem } = parseSdl(sdl);
  if (problem !== undefined) return failed(`its SDL cannot be parsed: ${problem}`);
  const text = `${sdl.trimEnd()}\n`;
  if (readTextFile(schemaPath) === text)
    return { isRefreshed: true, sentence: `${schemaPath} is the SDL of the service ${name}.` };
  writeFileSync(schemaPath, text);
  return { isRefreshed: true, sentence: `${schemaPath} is now the SDL of the service ${name}.` };
}

const SDL_RESPONSE = z.object({
  data: z.object({ _service: z.object({ sdl: z.string().min(1) }) }),
});
