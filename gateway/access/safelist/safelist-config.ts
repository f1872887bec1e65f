import { z } from 'zod';
import { addProblem, type Settings } from '../../../settings/settings.ts';
import { oneOf } from '../../../settings/values.ts';
import { lineOfJsonProblem } from '../../../settings/json-line.ts';
import { readTextFile } from '../../../settings/text-file.ts';
import { type ListedOperation, readManifest } from './manifest.ts';
import type { SafelistMode } from './safelist.ts';

export interface SafelistConfig {
  readonly mode: SafelistMode;
  readonly operations: readonly ListedOperation[];
}

/** Undefined without a safelist. */
export const safelistSettings: Settings<SafelistConfig | undefined> = z
  .object({
    PERSISTED_OPERATIONS: z.string().optional(),
    PERSISTED_OPERATIONS_MODE: oneOf(['only', 'report']).optional(),
  })
  .transform(({ PERSISTED_OPERATIONS: files, PERSISTED_OPERATIONS_MODE: mode }, context) => {
    if (files === undefined) {
      if (mode !== undefined)
        addProblem(
          context,
          'PERSISTED_OPERATIONS_MODE needs a safelist, but PERSISTED_OPERATIONS is not set.',
        );
      return undefined;
    }
    // A safelist without a mode is enforced.
    return {
      mode: mode ?? 'only',
      operations: files.split(',').flatMap((file) => readFile(file.trim(), context)),
    };
  });

function readFile(file: string, context: z.RefinementCtx): readonly ListedOperation[] {
  const text = readTextFile(file);
  const operations = text === undefined ? undefined : readManifest(text);
  if (text === undefined)
    addProblem(
      context,
      `PERSISTED_OPERATIONS must name files that can be read, but "${file}" cannot.`,
    );
  else if (lineOfJsonProblem(text) !== undefined)
    addProblem(
      context,
      `PERSISTED_OPERATIONS must name manifests, but ${file}:${String(lineOfJsonProblem(text))} is not JSON.`,
    );
  else if (operations === undefined)
    addProblem(
      context,
      `PERSISTED_OPERATIONS must name manifests with at least one operation, in Apollo's format or as documents by their hash, but "${file}" contains something else.`,
    );
  return operations ?? [];
}
