import { createHash } from 'node:crypto';
import { ImportRefused } from './read-document.ts';

/** Text below this line stays when the file is generated again. */
const OWN = '# Your own, below this line: tributary import keeps it.';

const HEAD = /^# Written by tributary import from [^\n]*\n# Its text: sha256 ([\da-f]{16})\n/;

/** A generated file with a part of its own for the user. */
export function writtenFile(generated: string, source: string, own = ''): string {
  const body = generated.endsWith('\n') ? generated : `${generated}\n`;
  const head = `# Written by tributary import from ${source}\n# Its text: sha256 ${hashOf(body)}\n`;
  return `${head}${body}\n${OWN}\n${own}`;
}

export interface WrittenFile {
  readonly generated: string;
  readonly own: string;
  /** Whether the generated part was edited. */
  readonly isEdited: boolean;
}

/**
 * @param path the file's path in messages
 * @throws ImportRefused for a file that was not written by `writtenFile`
 */
export function readWrittenFile(text: string, path: string): WrittenFile {
  const [head, hash] = HEAD.exec(text) ?? [];
  const mark = text.indexOf(`\n${OWN}\n`);
  if (head === undefined || mark < 0)
    throw new ImportRefused(
      `${path} was not written by tributary import, so it stays. Move it, or import under another --name.`,
    );
  const generated = text.slice(head.length, mark);
  const own = text.slice(mark + OWN.length + 2);
  return { generated, own, isEdited: hashOf(generated) !== hash };
}

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** The differences of a new text, by its blocks: parts between empty lines. A line for each, with `+` and `-`. */
export function differences(before: string, after: string): readonly string[] {
  const [old, fresh] = [blocksOf(before), blocksOf(after)];
  const lines: string[] = [];
  for (const [name, block] of fresh) {
    const known = old.get(name);
    if (known === undefined) lines.push(`+ ${name}`);
    else if (known !== block) lines.push(`~ ${name}`, ...changedLines(known, block));
  }
  for (const name of old.keys()) if (!fresh.has(name)) lines.push(`- ${name}`);
  return lines;
}

/** Blocks by their first line that is neither a comment nor a description. */
function blocksOf(text: string): ReadonlyMap<string, string> {
  const blocks = new Map<string, string>();
  for (const block of text.split(/\n\n/)) {
    const first = block.split('\n').find((line) => /^\s*(?:- )?\w/.test(line)) ?? block;
    const name = first.trim().slice(0, 120).replace(/[{(]$/, '').trimEnd();
    let key = name;
    for (let number = 2; blocks.has(key); number += 1) key = `${name} (${String(number)})`;
    if (block.trim() !== '') blocks.set(key, block);
  }
  return blocks;
}

function changedLines(before: string, after: string): readonly string[] {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  return [
    ...without(old, fresh).map((line) => `    - ${line.trim()}`),
    ...without(fresh, old).map((line) => `    + ${line.trim()}`),
  ];
}

/** Lines of a text that another one lacks, counting repetitions. */
function without(lines: readonly string[], others: readonly string[]): readonly string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}
