import { Worker } from 'node:worker_threads';
import type { ComposerRequest, ComposerResponse } from './composer.ts';

/**
 * Composes in a worker thread, so that the process continues to serve requests.
 * @param program the built program of the worker
 * @throws Error if the worker exits without a response
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
