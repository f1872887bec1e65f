import { OperationTypeNode } from 'graphql';
import type { DependencyTable } from '../../../subgraphs/dependencies.ts';
import { type FusedSupergraph, readSchemaAndJoins } from '../../engines/fused/fused-supergraph.ts';
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
      const joined = readSchemaAndJoins(document);
      return hasUnownedField(joined, selected)
        ? undefined
        : collect(fieldsByOwner(joined, selected), tables);
    };
    return variant.get(owner, () => ({ dependencies: derive() })).dependencies;
  };
}

/** Whether no table covers a field: composition names no subgraph for a field of an interface object. */
const hasUnownedField = ({ types }: FusedSupergraph, selected: SelectedFields): boolean =>
  [...selected].some(([type, fields]) =>
    [...fields].some((field) => types.get(type)?.fields.get(field)?.owners.length === 0),
  );

function collect(
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
  tables: ReadonlyMap<string, DependencyTable>,
): OperationDependencies | undefined {
  const types = new Set<string>();
  const subgraphs = new Set<string>();
  // Introspection fields belong to no subgraph; the schema's revision is part of the tag.
  for (const [key, fields] of wanted) {
    const [subgraph = '', type = ''] = key.split('/');
    for (const field of fields) {
      const table = tables.get(subgraph) ?? {};
      const coordinate = `${type}.${field}`;
      const on = Object.hasOwn(table, coordinate) ? table[coordinate] : table[type];
      if (on == null) return undefined;
      for (const name of on) types.add(name);
      if (on.length > 0) subgraphs.add(subgraph);
    }
  }
  return { types, subgraphs };
}
