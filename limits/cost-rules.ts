import { type ConstDirectiveNode, type DocumentNode, isTypeDefinitionNode, Kind, parse, valueFromASTUntyped } from 'graphql';

/** What a supergraph says about costs by `@cost` and `@listSize`, as https://specs.apollo.dev/cost/v0.1 defines them. */
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

export function readCostRules(supergraphSdl: string): CostRules {
  const document = parse(supergraphSdl, { noLocation: true });
  const { cost, listSize } = directiveNames(document);
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSizeRule>([ENTITIES]);
  const readWeight = (coordinate: string, node: Annotated) => {
    const weight = argumentsOf(node, cost)?.['weight'];
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
      for (const argument of field.arguments ?? []) readWeight(`${coordinate}(${argument.name.value}:)`, argument);
      const rule = argumentsOf(field, listSize);
      if (rule !== undefined) listSizes.set(coordinate, rule);
    }
  }
  return { weights, listSizes };
}

/** A gateway that asks a service for many entities has counted them. */
const ENTITIES = ['Query._entities', { assumedSize: 1 }] as const;

/**
 * The specification's directives may be imported under other names: https://specs.apollo.dev/link/v1.0/#@link.import. A subgraph has them of
 * the federation's specification.
 */
function directiveNames(document: DocumentNode) {
  const names = { cost: 'cost', listSize: 'cost__listSize' };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.SCHEMA_DEFINITION && definition.kind !== Kind.SCHEMA_EXTENSION) continue;
    for (const directive of definition.directives ?? []) {
      const { url, as, import: imports } = directive.name.value === 'link' ? readArguments(directive) : {};
      const specification = SPECIFICATIONS.find((name) => String(url).startsWith(`https://specs.apollo.dev/${name}/`));
      if (specification === undefined) continue;
      const prefix = typeof as === 'string' ? as : specification;
      // A directive that has its specification's name needs no prefix.
      names.cost = specification === 'cost' ? prefix : `${prefix}__cost`;
      names.listSize = `${prefix}__listSize`;
      for (const entry of Array.isArray(imports) ? (imports as readonly unknown[]) : []) {
        const { name, as: alias = name } = typeof entry === 'string' ? { name: entry } : (entry as { name?: string; as?: string });
        if (name === '@cost' && alias !== undefined) names.cost = alias.slice(1);
        if (name === '@listSize' && alias !== undefined) names.listSize = alias.slice(1);
      }
    }
  }
  return names;
}

const SPECIFICATIONS = ['cost', 'federation'];

interface Annotated {
  readonly directives?: readonly ConstDirectiveNode[] | undefined;
}

function argumentsOf({ directives = [] }: Annotated, name: string): Readonly<Record<string, unknown>> | undefined {
  const directive = directives.find((one) => one.name.value === name);
  return directive && readArguments(directive);
}

const readArguments = ({ arguments: given = [] }: ConstDirectiveNode): Readonly<Record<string, unknown>> =>
  Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
