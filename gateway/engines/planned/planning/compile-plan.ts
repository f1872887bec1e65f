import type {
  FetchNode as ApolloFetch,
  PlanNode as ApolloNode,
  QueryPlan,
  QueryPlanSelectionNode,
  SubscriptionNode,
} from '@apollo/query-planner';
import { Kind, OperationTypeNode, parse, print, stripIgnoredCharacters, visit } from 'graphql';
import { leafPaths } from '../../../supergraph/field-set.ts';
import { readFetchedFields } from './fetched-fields.ts';
import type { Fetch, Plan, PlanNode, PlanPath, Requirement } from './plan.ts';
import type { PlannedSupergraph } from './planned-supergraph.ts';
import { splitFetch } from './split-fetch.ts';

/** Translates Apollo's plan into ours, and replaces stand-ins by the fields that they stand for. */
export function compilePlan({ node }: QueryPlan, planned: PlannedSupergraph): Plan {
  if (node === undefined) return { node: undefined, hasTypeSteps: false };
  const compiled =
    node.kind === 'Subscription' ? compileSubscription(node, planned) : compileNode(node, planned);
  return { node: compiled, hasTypeSteps: hasTypeSteps(compiled) };
}

/** A subscription runs once for each change: first its root field, like a query, then the dependent fetches. */
function compileSubscription(
  { primary, rest }: SubscriptionNode,
  planned: PlannedSupergraph,
): PlanNode {
  const nodes = [primary, ...(rest === undefined ? [] : [rest])];
  return { kind: 'Sequence', nodes: nodes.map((node) => compileNode(node, planned)) };
}

function hasTypeSteps(node: PlanNode): boolean {
  if (node.kind === 'Fetch') return false;
  if (node.kind !== 'Flatten') return node.nodes.some(hasTypeSteps);
  return node.path.some((step) => typeof step !== 'string') || hasTypeSteps(node.node);
}

function compileNode(node: ApolloNode, planned: PlannedSupergraph): PlanNode {
  switch (node.kind) {
    case 'Sequence':
    case 'Parallel':
      return { kind: node.kind, nodes: node.nodes.map((child) => compileNode(child, planned)) };
    case 'Flatten':
      return {
        kind: 'Flatten',
        path: readPath(node.path.map(String)),
        node: compileNode(node.node, planned),
      };
    case 'Fetch':
      return parallel(
        splitFetch(compileFetch(node, planned), planned)
          .map((fetch) => withRealFields(fetch, planned))
          .map((fetch) => ({ ...fetch, fields: readFetchedFields(fetch) })),
      );
    case 'Condition':
    case 'Defer':
      // Conditions are decided before planning, and `@defer` is not supported.
      throw new TypeError(`A plan was expected to have no ${node.kind}.`);
  }
}

/** Reads the planner's `name|[Type,Other]`. It begins a path with an empty name, and has no types if there is no restriction. */
function readPath(path: readonly string[]): PlanPath {
  return path.flatMap((element) => {
    const begin = element.indexOf('|[');
    const name = begin < 0 ? element : element.slice(0, begin);
    const types =
      begin < 0
        ? []
        : element
            .slice(begin + 2, -1)
            .split(',')
            .filter(Boolean);
    return [...(name === '' ? [] : [name]), ...(types.length === 0 ? [] : [{ types }])];
  });
}

const parallel = (nodes: readonly PlanNode[]): PlanNode =>
  (nodes.length === 1 && nodes[0]) || { kind: 'Parallel', nodes };

function compileFetch(fetch: ApolloFetch, planned: PlannedSupergraph): Fetch {
  return {
    kind: 'Fetch',
    service: fetch.serviceName,
    operation: fetch.operation,
    isMutation: fetch.operationKind === OperationTypeNode.MUTATION,
    ...(fetch.operationKind === OperationTypeNode.SUBSCRIPTION && { takesChange: true }),
    variables: fetch.variableUsages ?? [],
    requires: fetch.requires?.map((selection) =>
      withKeys(compileRequirement(selection, planned), fetch, planned),
    ),
    inputRewrites: fetch.inputRewrites ?? [],
    outputRewrites: fetch.outputRewrites ?? [],
  };
}

function compileRequirement(
  selection: QueryPlanSelectionNode,
  planned: PlannedSupergraph,
): Requirement {
  const selections = selection.selections?.map((below) => compileRequirement(below, planned));
  if (selection.kind === 'InlineFragment')
    return { kind: 'Fragment', type: selection.typeCondition, selections: selections ?? [] };
  const from = selection.alias ?? selection.name;
  return {
    kind: 'Field',
    from,
    to: planned.standIns.get(selection.name)?.name.value ?? from,
    selections,
  };
}

/** Marks the selections of an entity that are keys of the service. */
function withKeys(
  requirement: Requirement,
  { serviceName, inputRewrites = [] }: ApolloFetch,
  { joins }: PlannedSupergraph,
): Requirement {
  if (requirement.kind !== 'Fragment') return requirement;
  const { type = '', selections } = requirement;
  // Representations for a service with an `@interfaceObject` name the interface.
  const rewrite = inputRewrites.find(
    (one) => one.kind === 'ValueSetter' && one.path[0] === `... on ${type}`,
  );
  const named = rewrite?.kind === 'ValueSetter' ? String(rewrite.setValueTo) : type;
  const keys = (joins.types.get(named)?.keys.get(serviceName) ?? [])
    .map(leafPaths)
    .filter((key) => key.every((path) => isSelected(selections, path)));
  return { ...requirement, keys };
}

function isSelected(selections: readonly Requirement[], [name, ...below]: readonly string[]) {
  if (name === undefined) return true;
  return selections.some((one): boolean =>
    one.kind === 'Fragment'
      ? isSelected(one.selections, [name, ...below])
      : one.to === name && isSelected(one.selections ?? [], below),
  );
}

/** Replaces stand-ins by the real fields, with the stand-in's name as alias. */
function withRealFields(fetch: Fetch, { standIns }: PlannedSupergraph): Fetch {
  if (!fetch.operation.includes('_required_')) return fetch;
  const document = visit(parse(fetch.operation, { noLocation: true }), {
    [Kind.FIELD]: (field) => {
      const real = standIns.get(field.name.value);
      return (
        real && {
          ...field,
          alias: field.alias ?? field.name,
          name: real.name,
          arguments: real.arguments ?? [],
        }
      );
    },
  });
  return { ...fetch, operation: stripIgnoredCharacters(print(document)) };
}
