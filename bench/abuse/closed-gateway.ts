import { pathToFileURL } from 'node:url';
import type { CallerLimits } from '../../request/caller.ts';
import { createKeyFile } from '../../tests/gateway/access/key-file.ts';
import { built, type Environment } from '../processes.ts';
import { startEmbedded } from '../targets.ts';
import type { ProcessState } from './watched-process.ts';

export interface ClosedGateway {
  readonly url: string;
  /** Makes an API key with limits of its own. @default those of everybody */
  readonly addKey: (limits?: CallerLimits) => Promise<string>;
  /** @param question `memory` collects garbage first. */
  readonly ask: (question: 'delay' | 'memory') => Promise<ProcessState>;
  readonly close: () => Promise<void>;
}

/** An embedded gateway in production mode: requires a key, logs each request, reports its own load. */
export async function startClosedGateway(environment: Environment): Promise<ClosedGateway> {
  const keys = await createKeyFile();
  const watch = ['--expose-gc', '--import', pathToFileURL(built('bench/watched-process')).href];
  const closed = {
    ACCESS: 'closed',
    ACCESS_OPEN_CONFIRM: '',
    API_KEYS_FILE: keys.path,
    LOG_LEVEL: 'info',
  };
  const gateway = await startEmbedded({ ...environment, ...closed }, watch);
  return {
    url: gateway.url,
    addKey: (limits) => keys.add(limits === undefined ? {} : { limits }),
    ask: (question) =>
      new Promise((resolve) => {
        const listen = (message: ProcessState | { readonly url: string }) => {
          // The program too has something to say, once it is ready.
          if (!('delayMaxMs' in message)) return;
          gateway.front.off('message', listen);
          resolve(message);
        };
        gateway.front.on('message', listen);
        gateway.front.send(question);
      }),
    close: () => {
      gateway.close();
      return keys.remove();
    },
  };
}
