import { type DocumentNode, isTypeDefinitionNode, Kind } from 'graphql';
import { type Annotated, argumentsOfEach } from './directives.ts';
import { Links } from './links.ts';

/** The `@cost` and `@listSize` directives of a supergraph: https://specs.apollo.dev/cost/v0.1. */
export interface CostRules {
  /** By `Type`, `Type.field`, `Type.field(argument:)` and `InputType.field`. */
  readonly weights: ReadonlyMap<string, number>;
  /** By `Type.field`. */
  readonly listSizes: ReadonlyMap<string, ListSizeRule>;
}

export interface ListSizeRule {
  readonly assumedSize?: number | null;
  readonly slicingArguments?: readonly string[] | null;
  readonly sizedFields?: readonly string[] | null;
  readonly requireOneSlicingArgument?: boolean | null;
}

/** Reads the cost directives of a supergraph or a subgraph, which links them from the Federation specification. */
export function readCostRules(document: DocumentNode): CostRules {
  const links = new Links(document);
  const cost = links.namesOf('@cost', 'cost', 'federation');
  const listSize = links.namesOf('@listSize', 'cost', 'federation');
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSizeRule>([ENTITIES]);
  const readWeight = (coordinate: string, node: Annotated) => {
    const [{ weight } = {}] = argumentsOfEach<{ readonly weight?: unknown }>(node, cost);
    if (typeof weight === 'number') weights.set(coordinate, weight);
  };
  for (const definition of document.definitions) {
    if (!isTypeDefinitionNode(definition)) continue;
    const type = definition.name.value;
    readWeight(type, definition);
    if (!('fields' in definition)) continue;
    for (const field of definition.fields ?? []) {
      const coordinate = `${type}.${field.name.value}`;
      readWeight(coordinate, field);
      if (field.kind !== Kind.FIELD_DEFINITION) continue;
      for (const argument of field.arguments ?? [])
        readWeight(`${coordinate}(${argument.name.value}:)`, argument);
      const [rule] = argumentsOfEach<ListSizeRule>(field, listSize);
      if (rule !== undefined) listSizes.set(coordinate, rule);
    }
  }
  return { weights, listSizes };
}

/** A gateway that requests many entities of a service has counted them itself. */
const ENTITIES = ['Query._entities', { assumedSize: 1 }] as const;
