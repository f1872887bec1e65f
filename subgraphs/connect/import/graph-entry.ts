import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { ImportRefused } from './read-document.ts';

export interface GraphEntry {
  /** The name of the subgraph and of its source. */
  readonly name: string;
  /** Path of the connector file, relative to the `graph.yaml`. */
  readonly connectors: string;
  /** Lines of the source's policy, without indentation, including comments. */
  readonly policy: readonly string[];
}

/** A new `graph.yaml` with the built-in subgraphs. */
export function newGraphFile(builtIn: readonly string[], entry: GraphEntry): string {
  return [
    '# yaml-language-server: $schema=node_modules/tributary/schema/graph-file.schema.json',
    'version: 1',
    'subgraphs:',
    ...builtIn.map((name) => `  ${name}: { builtin: ${name} }`),
    ...entryLines(entry, '  '),
    '',
  ].join('\n');
}

/**
 * Adds an entry after the last subgraph of a `graph.yaml`. Everything else stays unchanged, including comments.
 * @param path the file's path in messages
 * @returns the unchanged file if it has the entry: its policy is the operator's
 * @throws ImportRefused if the entry cannot be added
 */
export function withGraphEntry(text: string, path: string, entry: GraphEntry): string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const subgraphs: unknown = document.get('subgraphs', true);
  if (document.errors.length > 0 || !isMap(subgraphs) || subgraphs.flow === true)
    throw new ImportRefused(
      `${path} must have its subgraphs in lines of their own before one can be added.`,
    );
  const known: unknown = subgraphs.get(entry.name, true);
  if (known !== undefined) {
    const connectors: unknown = isMap(known) ? known.get('connectors') : undefined;
    if (connectors === entry.connectors) return text;
    throw new ImportRefused(
      `${path} has a subgraph ${entry.name} that is not ${entry.connectors}. Name the new one otherwise, with --name.`,
    );
  }
  const [first] = subgraphs.items;
  const last = subgraphs.items.at(-1);
  const start = isScalar(first?.key) ? (first.key.range?.[0] ?? 0) : 0;
  const end = rangeOf(last?.value) ?? rangeOf(last?.key) ?? text.length;
  const indent = ' '.repeat(lines.linePos(start).col - 1);
  const lineEnd = text.indexOf('\n', Math.max(0, end - 1));
  const at = lineEnd < 0 ? text.length : lineEnd + 1;
  const before = text.slice(0, at);
  const added = entryLines(entry, indent).map((line) => `${line}\n`);
  return `${before}${before.endsWith('\n') ? '' : '\n'}${added.join('')}${text.slice(at)}`;
}

/** The end of a node, without trailing comments. */
function rangeOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node)) return undefined;
  const { range } = node;
  const end: unknown = Array.isArray(range) ? range[1] : undefined;
  return typeof end === 'number' ? end : undefined;
}

const entryLines = (
  { name, connectors, policy }: GraphEntry,
  indent: string,
): readonly string[] => [
  `${indent}${name}:`,
  `${indent}  connectors: ${connectors}`,
  ...(policy.length === 0
    ? []
    : [
        ...(policy.every((line) => line.startsWith('#'))
          ? []
          : [`${indent}  sources:`, `${indent}    ${name}:`]),
        ...policy.map((line) => `${indent}      ${line}`),
      ]),
];
