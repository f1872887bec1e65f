import { Worker } from 'node:worker_threads';
import type { ComposerRequest, ComposerResponse } from './composer.ts';

/**
 * Composes in a thread of its own, so that requests are answered meanwhile.
 * @param program is the built program of the thread
 * @throws Error where the thread ends without a response
 */
export function composeInThread(program: URL, request: ComposerRequest): Promise<ComposerResponse> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(program, { workerData: request });
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => {
      reject(new Error('The thread that composes the graph has ended.'));
    });
  });
}
