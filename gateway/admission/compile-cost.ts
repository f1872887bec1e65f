import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
} from 'graphql';
import type { OperationWithoutConditions } from '../operation/operation-without-conditions.ts';
import {
  type FieldShape,
  responseShape,
  type SelectionShape,
} from '../operation/response-shape.ts';
import type { CostRules } from '../supergraph/cost-rules.ts';
import {
  ArgumentValues,
  type ListSize,
  listSize,
  UNKNOWN_SIZE,
  type Variables,
} from './list-size.ts';
import type { OperationCost } from '../../request/operation-cost.ts';
import { itemsOf, type ObjectEstimate, ROOT } from './object-estimate.ts';
import { type FieldReads, PlannedReads, type ReadsByField } from './planned-reads.ts';

/** The graph that costs are compiled for. */
export interface CostedGraph {
  /** The schema that clients see. */
  readonly schema: GraphQLSchema;
  readonly rules: CostRules;
  /** Subgraphs with known vendor calls. */
  readonly services: readonly string[];
  readonly reads: ReadsByField;
}

export interface CompiledCost {
  readonly of: (variables: Variables) => OperationCost;
  /** Whether the cost depends on variables. */
  readonly varies: boolean;
}

/**
 * Derives an operation's cost function once.
 * @returns undefined for an operation with too many fields
 */
export function compileCost(
  graph: CostedGraph,
  withoutConditions: OperationWithoutConditions,
): CompiledCost | undefined {
  const root = graph.schema.getRootType(withoutConditions.operation.operation);
  if (root == null) return undefined;
  const compiler = new Compiler(graph, withoutConditions);
  const shape = responseShape(graph.schema, withoutConditions, ({ name }) => name.value);
  const fields = compiler.fields(shape, root, undefined);
  if (compiler.isTooLarge) return undefined;
  const nothing = Object.fromEntries(graph.services.map((service) => [service, 0]));
  return {
    varies: compiler.varies,
    of: (variables) => {
      const sum = { variables, estimated: 0, answerFields: 0, calls: { ...nothing } };
      fields(ROOT, sum);
      return { estimated: sum.estimated, answerFields: sum.answerFields, calls: sum.calls };
    },
  };
}

/** A running sum of an operation's cost. */
export interface Sum {
  readonly variables: Variables;
  estimated: number;
  answerFields: number;
  readonly calls: Record<string, number>;
}

/** Adds the cost at a position in the response. */
type AddCost = (estimate: ObjectEstimate, sum: Sum) => void;

/** That many take about 100 ms to compile. */
const MAX_FIELDS = 5000;

/** The weight of a mutation in Apollo Router: https://www.apollographql.com/docs/graphos/routing/security/demand-control */
const MUTATION_WEIGHT = 10;

class Compiler {
  varies = false;
  readonly #graph: CostedGraph;
  readonly #values: ArgumentValues;
  readonly #reads: PlannedReads;
  #count = 0;

  constructor(graph: CostedGraph, { operation }: OperationWithoutConditions) {
    this.#graph = graph;
    this.#values = new ArgumentValues(operation);
    this.#reads = new PlannedReads(graph.reads);
  }

  get isTooLarge(): boolean {
    return this.#count > MAX_FIELDS;
  }

  /** @param within the list size that the parent field determines for some of these fields */
  fields(shape: SelectionShape, type: GraphQLObjectType, within: ListSize | undefined): AddCost {
    const reads = this.#reads.ofObject();
    const costs: AddCost[] = [];
    const selected = shape.fieldsOf(type);
    for (const field of selected) {
      this.#count += 1;
      if (this.isTooLarge) return addNothing;
      if (!field.name.startsWith('__')) costs.push(this.#field(field, type, within, reads));
    }
    return (estimate, sum) => {
      sum.answerFields += estimate.objects * selected.length;
      for (const add of costs) add(estimate, sum);
    };
  }

  #field(
    field: FieldShape,
    parent: GraphQLObjectType,
    within: ListSize | undefined,
    reads: FieldReads,
  ): AddCost {
    const coordinate = `${parent.name}.${field.name}`;
    const definition = parent.getFields()[field.name];
    const [node] = field.nodes;
    if (definition === undefined || node === undefined)
      throw new TypeError(`${coordinate} was expected to be a field.`);
    const own = listSize(
      this.#graph.rules.listSizes.get(coordinate),
      definition,
      node,
      this.#values,
    );
    const isList = isListType(getNullableType(field.type));
    const size = within?.sizedFields.includes(field.name) === true ? within : (own ?? UNKNOWN_SIZE);
    const planned = reads(
      coordinate,
      (name) => this.#argument(definition, name, field),
      own ?? UNKNOWN_SIZE,
    );
    if (own?.varies === true || planned.varies) this.varies = true;
    const { schema } = this.#graph;
    // The change itself is free. The fields of its record cost as much as in a query.
    const weight =
      parent === schema.getSubscriptionType()
        ? (this.#graph.rules.weights.get(coordinate) ?? 0)
        : this.#weight(coordinate, getNamedType(field.type)) +
          (parent === schema.getMutationType() ? MUTATION_WEIGHT : 0);
    const argumentWeights = this.#argumentWeights(coordinate, definition, field);
    const below = this.#below(field, own);
    return (estimate, sum) => {
      const { variables } = sum;
      sum.estimated += estimate.objects * argumentWeights(variables);
      const there = planned.add(estimate, sum);
      const items = isList ? itemsOf(there, size.of(variables)) : there;
      sum.estimated += items.objects * weight;
      below(items, sum);
    };
  }

  #below({ type, below }: FieldShape, size: ListSize | undefined): AddCost {
    const target = getNamedType(type);
    if (isObjectType(target)) return this.fields(below, target, size);
    if (!isAbstractType(target)) return addNothing;
    const possible = this.#graph.schema
      .getPossibleTypes(target)
      .map((one) => this.fields(below, one, size));
    return (estimate, sum) => {
      addMostExpensive(possible, estimate, sum);
    };
  }

  #weight(coordinate: string, type: GraphQLNamedType): number {
    const { weights } = this.#graph.rules;
    return weights.get(coordinate) ?? weights.get(type.name) ?? (isCompositeType(type) ? 1 : 0);
  }

  #argumentWeights(
    coordinate: string,
    definition: GraphQLField<unknown, unknown>,
    field: FieldShape,
  ): (variables: Variables) => number {
    const weighed = definition.args.flatMap((argument) => {
      const weight = this.#graph.rules.weights.get(`${coordinate}(${argument.name}:)`);
      const value = weight === undefined ? undefined : this.#value(argument, field);
      if (value?.varies === true) this.varies = true;
      return weight === undefined || value === undefined ? [] : [{ weight, value }];
    });
    return (variables) =>
      weighed.reduce(
        (sum, { weight, value }) => sum + (value.of(variables) == null ? 0 : weight),
        0,
      );
  }

  #argument(definition: GraphQLField<unknown, unknown>, name: string, field: FieldShape) {
    const argument = definition.args.find((one) => one.name === name);
    return argument && this.#value(argument, field);
  }

  #value(argument: GraphQLArgument, { nodes: [node] }: FieldShape) {
    return node && this.#values.of(argument, node);
  }
}

const addNothing: AddCost = () => undefined;

/** An object has one type: adds the maximum cost over the possible types. */
function addMostExpensive(possible: readonly AddCost[], estimate: ObjectEstimate, sum: Sum): void {
  let [estimated, answerFields] = [0, 0];
  const calls: Record<string, number> = {};
  for (const add of possible) {
    const one: Sum = { variables: sum.variables, estimated: 0, answerFields: 0, calls: {} };
    add(estimate, one);
    estimated = Math.max(estimated, one.estimated);
    answerFields = Math.max(answerFields, one.answerFields);
    for (const [service, count] of Object.entries(one.calls))
      calls[service] = Math.max(calls[service] ?? 0, count);
  }
  sum.estimated += estimated;
  sum.answerFields += answerFields;
  for (const [service, count] of Object.entries(calls))
    sum.calls[service] = (sum.calls[service] ?? 0) + count;
}
