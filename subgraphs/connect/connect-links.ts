import {
  type ConstArgumentNode,
  type ConstDirectiveNode,
  type ConstObjectFieldNode,
  type DocumentNode,
  Kind,
  valueFromASTUntyped,
} from 'graphql';

/** An Apollo specification that a document links: https://specs.apollo.dev/link/v1.0/ */
export interface ConnectLink {
  readonly directive: ConstDirectiveNode;
  /** `v0.3`. */
  readonly version: string;
  /** Imported elements by their names in the specification: `@connect`. */
  readonly imports: ReadonlyMap<string, string>;
  /** Prefix of elements that are not imported. */
  readonly prefix: string;
}

/** The names of the connector directives in a document. */
export interface DirectiveNames {
  readonly connect: ReadonlySet<string>;
  readonly source: ReadonlySet<string>;
  readonly link: ConnectLink;
  readonly federation: ConnectLink;
}

/** @param name name of a specification of https://specs.apollo.dev/: `connect` */
export function findLink(document: DocumentNode, name: string): ConnectLink | undefined {
  for (const node of document.definitions) {
    if (node.kind !== Kind.SCHEMA_DEFINITION && node.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of node.directives ?? []) {
      if (directive.name.value !== 'link') continue;
      const { url, as, import: imports } = argumentsOf(directive);
      const [, found, version = ''] =
        /^https:\/\/specs\.apollo\.dev\/([\w-]+)\/(v[\d.]+)\/?$/.exec(String(url)) ?? [];
      if (found !== name) continue;
      return {
        directive,
        version,
        imports: new Map(Array.isArray(imports) ? imports.flatMap(readImport) : []),
        prefix: typeof as === 'string' ? as : name,
      };
    }
  }
  return undefined;
}

/** The names of a directive in a document: with the prefix of its specification, and as imported. */
export function namesOf(link: ConnectLink | undefined, element: string): ReadonlySet<string> {
  if (link === undefined) return new Set();
  const { prefix, imports } = link;
  // A directive with the name of its specification is only the prefix.
  const prefixed = element === '@connect' ? prefix : `${prefix}__${element.slice(1)}`;
  const imported = imports.get(element);
  return new Set(imported === undefined ? [prefixed] : [prefixed, imported]);
}

/** https://specs.apollo.dev/link/v1.0/#Import */
function readImport(entry: unknown): [string, string][] {
  if (typeof entry === 'string') return [[entry, entry.replace(/^@/, '')]];
  if (typeof entry !== 'object' || entry === null || !('name' in entry)) return [];
  const { name } = entry;
  const local = 'as' in entry ? entry.as : name;
  return typeof name === 'string' && typeof local === 'string'
    ? [[name, local.replace(/^@/, '')]]
    : [];
}

export const argumentsOf = ({
  arguments: args = [],
}: ConstDirectiveNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(args.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));

/** The line of an argument, or of one of its fields; otherwise the directive's. */
export function lineOf(directive: ConstDirectiveNode, path: readonly PropertyKey[] = []): number {
  const argument = findArgument(directive, path);
  return (argument ?? directive).loc?.startToken.line ?? 1;
}

/** The argument, or the deepest of its fields that exists on the path. */
export function findArgument(
  directive: ConstDirectiveNode,
  path: readonly PropertyKey[],
): NamedValue | undefined {
  let last: NamedValue | undefined;
  let fields: readonly NamedValue[] = directive.arguments ?? [];
  for (const part of path) {
    const found: NamedValue | undefined = fields.find(({ name }) => name.value === part);
    if (found === undefined) break;
    last = found;
    fields = found.value.kind === Kind.OBJECT ? found.value.fields : [];
  }
  return last;
}

type NamedValue = ConstArgumentNode | ConstObjectFieldNode;
