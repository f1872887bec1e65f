import { OperationTypeNode } from 'graphql';
import type { DependencyTable } from '../../../subgraphs/dependencies.ts';
import { readSchemaAndJoins } from '../../engines/fused/fused-supergraph.ts';
import { fieldsByOwner } from '../../engines/fused/wanted-fields.ts';
import { selectedFields } from '../../engines/selected-fields.ts';
import type { Graph } from '../../operation/graph.ts';
import type { PreparedOperation, Variables } from '../../operation/prepared-operation.ts';

/** Which changes can change the response to an operation. */
export interface OperationDependencies {
  /** Types whose events tell of them. */
  readonly types: ReadonlySet<string>;
  /** The subgraphs whose vendors send these events. */
  readonly subgraphs: ReadonlySet<string>;
}

export type DependenciesOf = (
  operation: PreparedOperation,
  variables: Variables,
) => OperationDependencies | undefined;

/**
 * @param tables by the names of the subgraphs
 * @returns what finds the dependencies of an operation: undefined where its response can change without an event, and for a mutation
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
      return collect(fieldsByOwner(readSchemaAndJoins(document), selected), tables);
    };
    return variant.get(owner, () => ({ dependencies: derive() })).dependencies;
  };
}

function collect(
  wanted: ReadonlyMap<string, ReadonlySet<string>>,
  tables: ReadonlyMap<string, DependencyTable>,
): OperationDependencies | undefined {
  const types = new Set<string>();
  const subgraphs = new Set<string>();
  // Of the schema itself nothing is wanted of a subgraph; its revision is part of the tag.
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
