import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { createApiKey, hashOfKey } from '../../../gateway/access/keys/api-key.ts';
import { createFileKeyRing } from '../../../gateway/access/keys/file-keys.ts';
import type { KeyRecord } from '../../../gateway/access/keys/key-record.ts';
import type { KeyRing } from '../../../gateway/access/keys/key-store.ts';

/** API keys in a file of a test's own. */
export interface KeyFile {
  readonly path: string;
  readonly ring: KeyRing;
  /** Makes a key that is right, but for what is said. @returns the key */
  add(changes?: Partial<KeyRecord>): Promise<string>;
  remove(): Promise<void>;
}

export async function createKeyFile(): Promise<KeyFile> {
  const folder = await mkdtemp(`${tmpdir()}/keys-`);
  const path = `${folder}/keys.json`;
  const ring = createFileKeyRing(path);
  return {
    path,
    ring,
    add: (changes) => addKey(ring, changes),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** @returns the key */
async function addKey(ring: KeyRing, changes: Partial<KeyRecord> = {}): Promise<string> {
  const { id, text } = createApiKey();
  const hash = hashOfKey(text).toString('hex');
  await ring.add({
    id,
    name: 'a test',
    hash,
    scopes: 'all',
    createdAt: new Date().toISOString(),
    expiresAt: null,
    ...changes,
  });
  return text;
}
