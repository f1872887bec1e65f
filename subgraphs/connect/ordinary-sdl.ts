import {
  type ASTNode,
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  print,
  visit,
} from 'graphql';
import { argumentsOf, type DirectiveNames, namesOf } from './connect-links.ts';
import type { Connector, EntityKey } from './connector-file.ts';

/**
 * The SDL of an ordinary subgraph, without connector directives. A type that a connector finds by a key, and that has no `@key`, gets one.
 * The linked version of Federation is lowered to one that all gateways support.
 */
export function ordinarySdl(
  document: DocumentNode,
  names: DirectiveNames,
  connectors: readonly Connector[],
): string {
  const isMapping = ({ name }: DirectiveNode) =>
    names.connect.has(name.value) || names.source.has(name.value);
  const keys = missingKeys(document, names, connectors);
  const stripped = visit(document, {
    Directive: (directive) => {
      if (isMapping(directive) || directive === names.link.directive) return null;
      return directive === names.federation.directive
        ? lowered(names.federation.directive)
        : undefined;
    },
    ObjectTypeDefinition: {
      leave: (node) => withKey(node, keys),
    },
    ObjectTypeExtension: {
      leave: (node) => withKey(node, keys),
    },
  });
  return print(stripped);
}

type ObjectNode = Extract<
  ASTNode,
  { kind: Kind.OBJECT_TYPE_DEFINITION | Kind.OBJECT_TYPE_EXTENSION }
>;

/** Adds the key once per type, which may be defined and extended. */
function withKey<Node extends ObjectNode>(
  node: Node,
  keys: Map<string, ConstDirectiveNode>,
): Node | undefined {
  const key = keys.get(node.name.value);
  if (key === undefined) return undefined;
  keys.delete(node.name.value);
  return { ...node, directives: [...(node.directives ?? []), key] };
}

function missingKeys(
  document: DocumentNode,
  { federation }: DirectiveNames,
  connectors: readonly Connector[],
): Map<string, ConstDirectiveNode> {
  const known = namesOf(federation, '@key');
  const withKeys = new Set(
    document.definitions.flatMap((node) =>
      (node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION) &&
      node.directives?.some(({ name }) => known.has(name.value)) === true
        ? [node.name.value]
        : [],
    ),
  );
  const name = [...known].at(-1) ?? 'key';
  return new Map(
    connectors.flatMap(({ entity }) =>
      entity === undefined || entity.fields.length === 0 || withKeys.has(entity.type)
        ? []
        : [[entity.type, keyDirective(name, entity.paths)] as const],
    ),
  );
}

/** `place { shop { no } } id` */
function fieldSet(paths: EntityKey['paths']): string {
  const byName = new Map<string, (readonly string[])[]>();
  for (const [name = '', ...rest] of paths)
    byName.set(name, [...(byName.get(name) ?? []), ...(rest.length === 0 ? [] : [rest])]);
  const written = [...byName].map(([name, below]) => {
    return below.length === 0 ? name : `${name} { ${fieldSet(below)} }`;
  });
  return written.join(' ');
}

const keyDirective = (name: string, paths: EntityKey['paths']): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: name },
  arguments: [
    {
      kind: Kind.ARGUMENT,
      name: { kind: Kind.NAME, value: 'fields' },
      value: { kind: Kind.STRING, value: fieldSet(paths) },
    },
  ],
});

/** Later versions add `@connect` and directives for caches of Apollo's router; composition refuses imports from them. */
function lowered(directive: ConstDirectiveNode): ConstDirectiveNode | undefined {
  const { url } = argumentsOf(directive);
  const minor = Number(/\/v2\.(\d+)\/?$/.exec(String(url))?.[1] ?? 0);
  if (minor <= LATEST) return undefined;
  return {
    ...directive,
    arguments:
      directive.arguments?.map((argument) =>
        argument.name.value === 'url'
          ? {
              ...argument,
              value: {
                kind: Kind.STRING,
                value: `https://specs.apollo.dev/federation/v2.${String(LATEST)}`,
              },
            }
          : argument,
      ) ?? [],
  };
}

/** The latest version 2 that composition supports. */
const LATEST = 9;
