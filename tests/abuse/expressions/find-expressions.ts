import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';

const ROOT = new URL('../../../', import.meta.url);

/** A regular expression and where it is written. */
export interface FoundExpression {
  /** `request/deadline.ts:55` */
  readonly at: string;
  readonly source: string;
  readonly flags: string;
}

/** The regular expressions of some source files. */
export interface FoundExpressions {
  readonly literals: readonly FoundExpression[];
  /** Calls of `RegExp`, whose expression is known at run time only: `http/x.ts:7 new RegExp(text)`. */
  readonly built: readonly string[];
}

/** All folders of the project but those whose code meets no text of a client or vendor. */
export const productFolders = (): readonly string[] =>
  readdirSync(ROOT, { withFileTypes: true })
    .filter(
      (entry) =>
        entry.isDirectory() && !entry.name.startsWith('.') && !OTHER_FOLDERS.has(entry.name),
    )
    .map(({ name }) => name);

const OTHER_FOLDERS: ReadonlySet<string> = new Set([
  'bench',
  'coverage',
  'dist',
  'docs',
  'examples',
  'node_modules',
  'tests',
]);

/** The source files below a folder of the project. */
export const filesBelow = (folder: string): readonly string[] =>
  readdirSync(new URL(`${folder}/`, ROOT), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.[cm]?[jt]sx?$/.test(path) && !path.includes('__generated__'))
    .map((path) => `${folder}/${path}`);

/** @param files relative to the project's folder */
export function findExpressions(files: readonly string[]): FoundExpressions {
  const found = files.map((file) => expressionsIn(file, readFileSync(new URL(file, ROOT), 'utf8')));
  return {
    literals: found.flatMap(({ literals }) => literals),
    built: found.flatMap(({ built }) => built),
  };
}

/** @param file names the text in what is found. */
export function expressionsIn(file: string, text: string): FoundExpressions {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const literals: FoundExpression[] = [];
  const built: string[] = [];
  const visit = (node: ts.Node): void => {
    const at = () =>
      `${file}:${String(source.getLineAndCharacterOfPosition(node.getStart()).line + 1)}`;
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      literals.push({ at: at(), source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    } else if (
      (ts.isNewExpression(node) || ts.isCallExpression(node)) &&
      node.expression.getText() === 'RegExp'
    ) {
      built.push(`${at()} ${node.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { literals, built };
}
