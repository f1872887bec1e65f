import { OperationTypeNode } from 'graphql';
import type { DependencyTable } from '../../../subgraphs/dependencies.ts';
import { readSchemaAndJoins } from '../../engines/fused/fused-supergraph.ts';
import { fieldsByOwner } from '../../engines/fused/wanted-fields.ts';
import { type SelectedFields, selectedFields } from '../../engines/selected-fields.ts';
import type { Graph } from '../../operation/graph.ts';
import type { PreparedOperation, Variables } from '../../operation/prepared-operation.ts';

/** The changes that can affect the response to an operation. */
export interface OperationDependencies {
  /** The types of the changed records. */
  readonly types: ReadonlySet<string>;
  /** The subgraphs whose vendors send these events. */
  readonly subgraphs: ReadonlySet<string>;
}

export type DependenciesOf = (
  operation: PreparedOperation,
  variables: Variables,
) => OperationDependencies | undefined;

/**
 * @param tables by subgraph
 * @returns a function that finds an operation's dependencies, or undefined if its response can change without an event, or it is a mutation
 */
export function createDependencies(
  { schema, supergraph: { document } }: Pick<Graph, 'schema' | 'supergraph'>,
  tables: ReadonlyMap<string, DependencyTable>,
): DependenciesOf {
  const owner = {};
  return (prepared, variables) => {
    if (prepared.operation.operation !== OperationTypeNode.QUERY) return undefined;
    const variant = prepared.variant(variables);
    const derive = () => {
      const { operation, fragments, undecided } = variant.withoutConditions;
      if ((undecided?.size ?? 0) > 0) return undefined;
      const selected = selectedFields({
        schema,
        operation,
        fragments: Object.fromEntries(fragments),
        variables,
      });
      const read = new DependencyReader(tables);
      for (const type of typesWithoutFields(selected)) read.addType(type);
      for (const [key, fields] of fieldsByOwner(readSchemaAndJoins(document), selected)) {
        const [subgraph = '', type = ''] = key.split('/');
        read.addFields(subgraph, type, fields);
      }
      return read.dependencies;
    };
    return variant.get(owner, () => ({ dependencies: derive() })).dependencies;
  };
}

/**
 * The types of which nothing but `__typename` is selected: the response shows only whether their records exist. Introspection
 * types have no records; the schema's revision is part of the tag.
 */
const typesWithoutFields = (selected: SelectedFields): readonly string[] =>
  [...selected].flatMap(([type, fields]) =>
    fields.size === 1 && fields.has('__typename') && type !== 'Query' && !type.startsWith('__')
      ? [type]
      : [],
  );

/** Reads the tables' entries of the selected fields. */
class DependencyReader {
  readonly #tables: ReadonlyMap<string, DependencyTable>;
  readonly #types = new Set<string>();
  readonly #subgraphs = new Set<string>();
  #isKnown = true;

  constructor(tables: ReadonlyMap<string, DependencyTable>) {
    this.#tables = tables;
  }

  /** Undefined if a field can change without an event. */
  get dependencies(): OperationDependencies | undefined {
    return this.#isKnown ? { types: this.#types, subgraphs: this.#subgraphs } : undefined;
  }

  /** The existence of a type's records. */
  addType(type: string): void {
    const tables = [...this.#tables].filter(([, table]) => Object.hasOwn(table, type));
    if (tables.length === 0) this.#isKnown = false;
    for (const [subgraph, table] of tables) this.#add(subgraph, table[type]);
  }

  /** No table covers the fields of a subgraph without a name. */
  addFields(subgraph: string, type: string, fields: ReadonlySet<string>): void {
    const table = this.#tables.get(subgraph) ?? {};
    for (const field of fields) {
      const coordinate = `${type}.${field}`;
      this.#add(subgraph, Object.hasOwn(table, coordinate) ? table[coordinate] : table[type]);
    }
  }

  #add(subgraph: string, on: readonly string[] | null | undefined): void {
    if (on == null) this.#isKnown = false;
    for (const type of on ?? []) this.#types.add(type);
    if (on != null && on.length > 0) this.#subgraphs.add(subgraph);
  }
}
