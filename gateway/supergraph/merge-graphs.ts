import {
  type ASTNode,
  type ConstDirectiveNode,
  type DocumentNode,
  type EnumTypeDefinitionNode,
  type EnumValueDefinitionNode,
  Kind,
  visit,
} from 'graphql';
import { argumentsOf, distinctDirectives } from './directives.ts';
import { readSubgraphs } from './joins.ts';
import { Links } from './links.ts';

/**
 * Merges some subgraphs of a supergraph into one for a planner, which then does not plan fetches between them. The others are unchanged.
 * @param merged the names of these subgraphs; the supergraph must have at least one
 * @param name the name of the merged subgraph
 */
export function mergeGraphs(
  document: DocumentNode,
  merged: readonly string[],
  name: string,
): DocumentNode {
  const links = new Links(document);
  const graphs = [...readSubgraphs(document, links)]
    .filter(([, subgraph]) => merged.includes(subgraph.name))
    .map(([value]) => value);
  const [graph] = graphs;
  if (graph === undefined) return document;
  const merger = new Merger(new Set(graphs), graph, links);
  return visit(document, {
    enter: (node) => {
      if (
        node.kind === Kind.ENUM_TYPE_DEFINITION &&
        links.namesOf('Graph', 'join').includes(node.name.value)
      )
        return merger.graphs(node, name);
      return isAnnotated(node) ? merger.annotated(node) : undefined;
    },
  });
}

type Annotated = ASTNode & { readonly directives?: readonly ConstDirectiveNode[] };

const isAnnotated = (node: ASTNode): node is Annotated =>
  'directives' in node && node.directives.length > 0;

class Merger {
  readonly #merged: ReadonlySet<string>;
  readonly #graph: string;
  readonly #graphDirectives: readonly string[];
  readonly #types: readonly string[];
  readonly #fields: readonly string[];
  readonly #prefix: readonly string[];

  /** @param merged values of the enum of subgraphs @param graph the value that remains */
  constructor(merged: ReadonlySet<string>, graph: string, links: Links) {
    this.#merged = merged;
    this.#graph = graph;
    this.#graphDirectives = links.namesOf('@graph', 'join');
    this.#types = links.namesOf('@type', 'join');
    this.#fields = links.namesOf('@field', 'join');
    this.#prefix = ['@implements', '@unionMember', '@enumValue', '@directive'].flatMap((element) =>
      links.namesOf(element, 'join'),
    );
  }

  graphs(node: EnumTypeDefinitionNode, name: string): EnumTypeDefinitionNode {
    const values = (node.values ?? []).flatMap((value): readonly EnumValueDefinitionNode[] => {
      if (!this.#merged.has(value.name.value)) return [value];
      if (value.name.value !== this.#graph) return [];
      const directives = value.directives?.map((directive) =>
        this.#graphDirectives.includes(directive.name.value)
          ? withArguments(directive, { name, url: '' })
          : directive,
      );
      return [{ ...value, ...(directives && { directives }) }];
    });
    return { ...node, values };
  }

  annotated<Node extends Annotated>(node: Node): Node | undefined {
    const { directives = [] } = node;
    const of = (names: readonly string[]) =>
      directives.filter((directive) => names.includes(directive.name.value));
    const others = directives.filter(
      ({ name }) => ![...this.#types, ...this.#fields, ...this.#prefix].includes(name.value),
    );
    if (others.length === directives.length) return undefined;
    return {
      ...node,
      directives: [
        ...this.#mergeTypes(of(this.#types)),
        ...this.#mergeFields(of(this.#fields)),
        ...distinctDirectives(of(this.#prefix).map((directive) => this.#renamed(directive))),
        ...others,
      ],
    };
  }

  /** One directive for each key of the merged subgraphs. A key is resolvable if any of them resolves it. */
  #mergeTypes(directives: readonly ConstDirectiveNode[]): readonly ConstDirectiveNode[] {
    const [merged, others] = this.#split(directives);
    const byKey = new Map<unknown, ConstDirectiveNode>();
    for (const directive of merged) {
      const { key, resolvable } = argumentsOf(directive);
      const known = byKey.get(key);
      if (
        known === undefined ||
        (argumentsOf(known)['resolvable'] === false && resolvable !== false)
      )
        byKey.set(key, without(this.#renamed(directive), 'extension'));
    }
    if (byKey.size > 1) byKey.delete(undefined);
    return [...byKey.values(), ...others];
  }

  /** The merged subgraphs own a field if one of them resolves it. */
  #mergeFields(directives: readonly ConstDirectiveNode[]): readonly ConstDirectiveNode[] {
    const [merged, others] = this.#split(directives);
    const resolved = merged.filter((directive) => {
      const { external, usedOverridden } = argumentsOf(directive);
      return external !== true && usedOverridden !== true;
    });
    const [first] = resolved.length > 0 ? resolved : merged;
    if (first === undefined) return others;
    return [
      without(this.#renamed(first), 'requires', 'provides', 'override', 'overrideLabel'),
      ...others,
    ];
  }

  #split(
    directives: readonly ConstDirectiveNode[],
  ): readonly [ConstDirectiveNode[], ConstDirectiveNode[]] {
    const isMerged = (directive: ConstDirectiveNode) =>
      this.#merged.has(String(argumentsOf(directive)['graph']));
    return [directives.filter(isMerged), directives.filter((one) => !isMerged(one))];
  }

  /** Replaces each merged graph by the one that remains. */
  #renamed = (directive: ConstDirectiveNode): ConstDirectiveNode =>
    visit(directive, {
      EnumValue: (node) => ({
        ...node,
        value: this.#merged.has(node.value) ? this.#graph : node.value,
      }),
    });
}

const without = (
  directive: ConstDirectiveNode,
  ...names: readonly string[]
): ConstDirectiveNode => ({
  ...directive,
  arguments: (directive.arguments ?? []).filter(({ name }) => !names.includes(name.value)),
});

const withArguments = (
  directive: ConstDirectiveNode,
  values: Readonly<Record<string, string>>,
): ConstDirectiveNode => ({
  ...directive,
  arguments: Object.entries(values).map(([name, value]) => ({
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: name },
    value: { kind: Kind.STRING, value },
  })),
});
