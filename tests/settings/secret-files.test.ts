import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readSecretFiles } from '../../settings/secret-files.ts';
import { allOf, markSecret, variablesOf } from '../../settings/settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

let files = 0;
function fileWith(text: string): string {
  const file = join(folder, String((files += 1)));
  writeFileSync(file, text);
  return file;
}

function read(environment: Record<string, string>) {
  const problems: string[] = [];
  const { STRIPE_SECRET_KEY } = readSecretFiles(environment, ['STRIPE_SECRET_KEY'], problems);
  return { secret: STRIPE_SECRET_KEY, problems };
}

describe('a secret in a file', () => {
  it.each([
    ['as it is', 'sk_test_1'],
    ['without one newline at its end', 'sk_test_1\n'],
    ['without the newline of Windows', 'sk_test_1\r\n'],
  ])('is read %s', (_how, text) => {
    const environment = { STRIPE_SECRET_KEY_FILE: fileWith(text) };
    expect(read(environment)).toEqual({ secret: 'sk_test_1', problems: [] });
  });

  it('keeps every other newline, so that the setting refuses it', () => {
    const environment = { STRIPE_SECRET_KEY_FILE: fileWith('sk_test_1\n\n') };
    expect(read(environment).secret).toBe('sk_test_1\n');
  });

  it('is refused beside the variable, unless one of both is empty', () => {
    const file = fileWith('sk_test_file');
    expect(read({ STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_SECRET_KEY_FILE: file }).problems).toEqual(
      ['STRIPE_SECRET_KEY and STRIPE_SECRET_KEY_FILE must not both be set.'],
    );
    expect(read({ STRIPE_SECRET_KEY: '', STRIPE_SECRET_KEY_FILE: file }).secret).toBe(
      'sk_test_file',
    );
    expect(read({ STRIPE_SECRET_KEY: 'sk_test_1', STRIPE_SECRET_KEY_FILE: '' }).secret).toBe(
      'sk_test_1',
    );
  });

  it.each([
    ['is missing', () => join(folder, 'sk_test_missing'), 'the file cannot be read (ENOENT)'],
    ['is a folder', () => folder, 'the file cannot be read (EISDIR)'],
    ['is empty', () => fileWith(''), 'the file is empty'],
    ['has a newline only', () => fileWith('\n'), 'the file is empty'],
    ['is too large', () => fileWith('s'.repeat(16_385)), 'the file has more than 16384 bytes'],
    ['never ends', () => '/dev/zero', 'the file has more than 16384 bytes'],
  ])('that %s is a problem that shows neither path nor content', (_how, path, problem) => {
    expect(read({ STRIPE_SECRET_KEY_FILE: path() }).problems).toEqual([
      `STRIPE_SECRET_KEY_FILE must name a file with the secret, but ${problem}.`,
    ]);
  });

  it('of up to 16 kB is read', () => {
    const text = 's'.repeat(16_384);
    expect(read({ STRIPE_SECRET_KEY_FILE: fileWith(text) }).secret).toBe(text);
  });

  it('exists for secrets only: other variables that end in _FILE stay what they are', () => {
    const environment = { API_KEYS_FILE: '/keys.json', OTHER_FILE: '/nowhere' };
    const problems: string[] = [];
    expect(readSecretFiles(environment, ['STRIPE_SECRET_KEY'], problems)).toEqual(environment);
    expect(problems).toEqual([]);
  });
});

it('settings name their variables and which are secret, whatever they are made into', () => {
  const settings = allOf({
    one: z
      .object({ PLAIN: z.string(), KEY: markSecret(z.string()).min(3).optional() })
      .transform((read) => read)
      .transform((read) => read),
    nested: allOf({
      two: z.object({ URL: z.string().default('x'), TOKEN: markSecret(z.string()).default('x') }),
    })
      .superRefine(() => undefined)
      .transform((read) => read),
    nothing: z.unknown().transform(() => 1),
  });
  expect(Object.fromEntries(variablesOf(settings))).toEqual({
    PLAIN: { isSecret: false },
    KEY: { isSecret: true },
    URL: { isSecret: false },
    TOKEN: { isSecret: true },
  });
});
