import { type ConstDirectiveNode, type DocumentNode, Kind } from 'graphql';
import { argumentsOf } from './directives.ts';

/** A specification that a document links: https://specs.apollo.dev/link/v1.0/ */
export interface Link {
  readonly directive: ConstDirectiveNode;
  /** The URL without the version: `https://specs.apollo.dev/join`. */
  readonly specification: string;
  /** The prefix of the specification's elements in the document: `join` for `join__type`. */
  readonly prefix: string;
  /** Names of imported elements in the document, by their names in the specification; `@key` for a directive. */
  readonly imports: ReadonlyMap<string, string>;
}

/** The `@link` directives of a supergraph or a subgraph. */
export class Links {
  readonly all: readonly Link[];

  constructor(document: DocumentNode) {
    const directives = document.definitions.flatMap((node) =>
      node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
        ? (node.directives ?? [])
        : [],
    );
    const candidates = directives.flatMap((directive) => readLink(directive) ?? []);
    const names = [
      ...LINK_DIRECTIVES,
      ...candidates.filter(isLinkOfItself).map(({ directive }) => directive.name.value),
    ];
    this.all = candidates.filter(({ directive }) => names.includes(directive.name.value));
  }

  /**
   * The names of an element in the document. A directive can have several: from its own specification and from Federation's, each with a
   * prefix and as an import. Elements of a specification without a link have their standard names.
   * @param element the name in the specification: `@type`, or `FieldSet` for a type
   * @param specifications the specifications of `https://specs.apollo.dev/` that define the element
   */
  namesOf(element: string, ...specifications: readonly [string, ...string[]]): readonly string[] {
    const names = this.linkedNamesOf(element, ...specifications);
    return names.length > 0 ? names : [prefixedName(element, specifications[0], specifications[0])];
  }

  /** Like {@link namesOf}, but empty if none of the specifications is linked. */
  linkedNamesOf(element: string, ...specifications: readonly string[]): readonly string[] {
    const found = specifications.flatMap((name) =>
      this.of(name).flatMap((link) => namesIn(link, element, name)),
    );
    return [...new Set(found)];
  }

  /**
   * The names of an element of a specification that is not Apollo's; empty without a link.
   * @param specification the URL without the version
   */
  foreignNamesOf(element: string, specification: string): readonly string[] {
    const name = specification.slice(specification.lastIndexOf('/') + 1);
    const links = this.all.filter((link) => link.specification === specification);
    return [...new Set(links.flatMap((link) => namesIn(link, element, name)))];
  }

  /** @param name a specification of `https://specs.apollo.dev/` */
  of(name: string): readonly Link[] {
    return this.all.filter(({ specification }) => specification === `${APOLLO}${name}`);
  }

  /**
   * Identifies a directive independently of its name in the document: the URL of its specification and its name there. Without a link, the
   * given name.
   */
  meaningOf(directive: string): string {
    for (const { specification, prefix, imports } of this.all) {
      const [imported] = [...imports].find(([, name]) => name === directive) ?? [];
      if (imported !== undefined) return `${specification} ${imported}`;
      if (directive === prefix)
        return `${specification} @${specification.slice(specification.lastIndexOf('/') + 1)}`;
      if (directive.startsWith(`${prefix}__`))
        return `${specification} @${directive.slice(prefix.length + 2)}`;
    }
    return `@${directive}`;
  }

  /** Whether a type or directive belongs to a linked specification and is not part of the graph. */
  isLinked(name: string): boolean {
    return this.all.some(
      ({ prefix, imports }) =>
        name === prefix || name.startsWith(`${prefix}__`) || [...imports.values()].includes(name),
    );
  }
}

const APOLLO = 'https://specs.apollo.dev/';

/** Federation 1 has `@core`: https://specs.apollo.dev/core/v0.1/ */
const LINK_DIRECTIVES = ['link', 'core'];

/** https://specs.apollo.dev/link/v1.0/#sec-Bootstrapping: a renamed `@link` directive links its own specification. */
const isLinkOfItself = (link: Link) =>
  link.specification === `${APOLLO}link` &&
  namesIn(link, '@link', 'link').includes(link.directive.name.value);

function namesIn({ prefix, imports }: Link, element: string, specification: string): string[] {
  const imported = imports.get(element);
  return [
    prefixedName(element, specification, prefix),
    ...(imported === undefined ? [] : [imported]),
  ];
}

/** A directive with the name of its specification has only the prefix: `@cost`, but `@cost__listSize`. */
const prefixedName = (element: string, specification: string, prefix: string) =>
  element === `@${specification}` ? prefix : `${prefix}__${withoutAt(element)}`;

function readLink(directive: ConstDirectiveNode): Link | undefined {
  const { url, feature = url, as, import: imports } = argumentsOf(directive);
  if (typeof feature !== 'string' || !URL.canParse(feature)) return undefined;
  const { origin, pathname } = new URL(feature);
  const path = pathname.split('/').filter((part) => part !== '');
  if (/^v\d+(?:\.\d+)*$/.test(path.at(-1) ?? '')) path.pop();
  const name = path.at(-1);
  if (name === undefined) return undefined;
  return {
    directive,
    specification: [origin, ...path].join('/'),
    prefix: typeof as === 'string' ? as : name,
    imports: new Map(Array.isArray(imports) ? imports.flatMap(readImport) : []),
  };
}

/** https://specs.apollo.dev/link/v1.0/#Import */
function readImport(entry: unknown): [string, string][] {
  if (typeof entry === 'string') return [[entry, withoutAt(entry)]];
  if (
    typeof entry !== 'object' ||
    entry === null ||
    !('name' in entry) ||
    typeof entry.name !== 'string'
  )
    return [];
  return [
    [entry.name, withoutAt('as' in entry && typeof entry.as === 'string' ? entry.as : entry.name)],
  ];
}

const withoutAt = (name: string) => name.replace(/^@/, '');
