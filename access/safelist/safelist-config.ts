import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { oneOf, type Environment, type Problems, readEnvironment } from '../../configuration/environment.ts';
import { type ListedOperation, readManifest } from './manifest.ts';
import type { SafelistMode } from './safelist.ts';

export interface SafelistConfig {
  readonly mode: SafelistMode;
  readonly operations: readonly ListedOperation[];
}

/** @returns undefined where there is no list, or anything was wrong; every problem has then been added to `problems`. */
export function readSafelistConfig(environment: Environment, problems: Problems): SafelistConfig | undefined {
  const read = readEnvironment(
    { PERSISTED_OPERATIONS: z.string().optional(), PERSISTED_OPERATIONS_MODE: oneOf(['only', 'report']).optional() },
    environment,
    problems,
  );
  const { PERSISTED_OPERATIONS: files, PERSISTED_OPERATIONS_MODE: mode } = read ?? {};
  if (files === undefined) {
    if (mode !== undefined) problems.push('PERSISTED_OPERATIONS_MODE needs a safelist, but PERSISTED_OPERATIONS is not set.');
    return undefined;
  }
  // A list that nobody says anything about is meant.
  return { mode: mode ?? 'only', operations: files.split(',').flatMap((file) => readFile(file.trim(), problems)) };
}

function readFile(file: string, problems: Problems): readonly ListedOperation[] {
  const text = readText(file);
  const operations = text === undefined ? undefined : readManifest(text);
  if (text === undefined) problems.push(`PERSISTED_OPERATIONS must name files that can be read, but "${file}" cannot.`);
  else if (operations === undefined)
    problems.push(
      `PERSISTED_OPERATIONS must name manifests with at least one operation, in Apollo's format or as documents by their hash, but "${file}" contains something else.`,
    );
  return operations ?? [];
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
