import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { transform } from 'esbuild';

/**
 * The first code block of a page in this language, as a reader copies it.
 * @param file the name in its first line, as a comment: `// cache.ts`. @default any block
 * @throws Error if the page has no such block
 */
export function codeBlock(page: string, language: string, file?: string): string {
  const blocks = readFileSync(page, 'utf8').matchAll(
    new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'),
  );
  for (const [, code = ''] of blocks) {
    if (file === undefined || code.startsWith(`// ${file}\n`)) return code;
  }
  throw new Error(`Expected a ${language} block ${file ?? ''} in ${page}, but found none.`);
}

/** The exports of a block of TypeScript, run as it is on the page. The caller names their types; the page's are checked apart. */
export async function importBlock<Exports>(page: string, file: string): Promise<Exports> {
  const { code } = await transform(codeBlock(page, 'ts', file), { loader: 'ts' });
  await mkdir('node_modules/.cache', { recursive: true });
  const directory = await mkdtemp('node_modules/.cache/block-');
  try {
    const path = resolve(join(directory, 'block.mjs'));
    await writeFile(path, code);
    // A cast: see above.
    return (await import(pathToFileURL(path).href)) as Exports;
  } finally {
    await rm(directory, { recursive: true });
  }
}
