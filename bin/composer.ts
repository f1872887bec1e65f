import { parentPort, workerData } from 'node:worker_threads';
import { compose, type ComposerRequest } from '../gateway/composition/composer.ts';
import { schemaFilesIn } from './schema-files.ts';
import { SUBGRAPHS } from './subgraphs.ts';

const { readSdl, readAudienceTags } = schemaFilesIn(new URL('../schema/', import.meta.url));
/** The request to this worker thread. A cast: the parent thread sends it. */
const request = workerData as ComposerRequest;
parentPort?.postMessage(
  compose(request, { modules: SUBGRAPHS, readSdl, audiences: readAudienceTags }),
);
