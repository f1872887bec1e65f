import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runProcess } from './run-process.ts';

/** A folder with these files where the packages of this repository are found. */
export async function inFrontend(
  files: Readonly<Record<string, string>>,
  use: (directory: string) => Promise<void>,
): Promise<void> {
  await mkdir('node_modules/.cache', { recursive: true });
  const directory = await mkdtemp('node_modules/.cache/frontend-');
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(directory, name)), { recursive: true });
      await writeFile(join(directory, name), text);
    }
    await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Runs graphql-codegen as a frontend team does: in its folder. */
export const generateTypes = (
  directory: string,
  configuration: string,
  environment: Readonly<Record<string, string>> = {},
) =>
  runProcess(
    'node_modules/@graphql-codegen/cli/esm/bin.js',
    ['--config', configuration],
    environment,
    directory,
  );

/** Runs the TypeScript compiler in its strict mode on these files alone. */
export function typeCheck(directory: string, files: readonly string[]) {
  const options = [
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--pretty',
    'false',
    '--ignoreConfig',
    '--types',
    'node',
  ];
  return runProcess('node_modules/typescript/bin/tsc', [
    ...options,
    ...files.map((file) => join(directory, file)),
  ]);
}
