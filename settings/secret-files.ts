import { closeSync, openSync, readSync } from 'node:fs';
import type { Environment, Problems } from './settings.ts';
import { codeOf } from './text-file.ts';

/**
 * Adds the secrets that files hold: `STRIPE_SECRET_KEY_FILE` names the file of `STRIPE_SECRET_KEY`, as Docker and Kubernetes mount them.
 * @param secrets are the names of the variables that can be given in a file; no other variable that ends in `_FILE` is one.
 * @returns the environment as if each secret had been given in its variable; every problem has been added to `problems`, without
 * what the file or the variable holds: somebody may have put the secret itself there
 */
export function readSecretFiles(
  environment: Environment,
  secrets: Iterable<string>,
  problems: Problems,
): Environment {
  const found: Record<string, string> = {};
  for (const name of secrets) {
    const variable = fileVariableOf(name);
    const path = environment[variable] ?? '';
    if (path === '') continue;
    if ((environment[name] ?? '') !== '') {
      problems.push(`${name} and ${variable} must not both be set.`);
      continue;
    }
    const read = readSecretFile(path);
    if ('problem' in read)
      problems.push(`${variable} must name a file with the secret, but ${read.problem}.`);
    else found[name] = read.secret;
  }
  return { ...environment, ...found };
}

/** Names the file of a secret: `STRIPE_SECRET_KEY_FILE`. */
const fileVariableOf = (secret: string) => `${secret}_FILE`;

function readSecretFile(path: string): { readonly secret: string } | { readonly problem: string } {
  let bytes: Buffer;
  try {
    bytes = readBytes(path, MAX_BYTES + 1);
  } catch (error) {
    return { problem: `the file cannot be read (${String(codeOf(error))})` };
  }
  if (bytes.length > MAX_BYTES)
    return { problem: `the file has more than ${String(MAX_BYTES)} bytes` };
  // Editors and `echo` end a file with one.
  const secret = bytes.toString('utf8').replace(/\r?\n$/, '');
  return secret === '' ? { problem: 'the file is empty' } : { secret };
}

const MAX_BYTES = 16_384;

/** Not the whole file: that of a device has no end. */
function readBytes(path: string, max: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(max);
    let length = 0;
    let read: number;
    do {
      read = readSync(file, buffer, length, max - length, null);
      length += read;
    } while (read > 0 && length < max);
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}
