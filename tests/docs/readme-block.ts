import { readFileSync } from 'node:fs';

/** @returns the first block of code in README.md in this language: `graphql` is its first query, `json` the response */
export function readmeBlock(language: string): string {
  const readme = readFileSync('README.md', 'utf8');
  const [, block] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(readme) ?? [];
  if (block === undefined) throw new Error(`README.md has no block of ${language}.`);
  return block;
}
