import type { FetchDataRewrite } from '@apollo/query-planner';

/** How an operation is answered by subgraphs. It can be sent to another thread. */
export interface Plan {
  /** Undefined where there is nothing to fetch. */
  readonly node: PlanNode | undefined;
  /** Whether a fetch goes on from objects of some types only: see {@link TypeStep}. */
  readonly hasTypeSteps: boolean;
}

export type PlanNode =
  | { readonly kind: 'Sequence' | 'Parallel'; readonly nodes: readonly PlanNode[] }
  /** Goes on from the objects at a path. */
  | { readonly kind: 'Flatten'; readonly path: PlanPath; readonly node: PlanNode }
  | FetchNode;

/** The way to objects: the names of fields, `@` for each item of a list, and types that an object must have. */
export type PlanPath = readonly (string | TypeStep)[];

/**
 * Goes on only from objects of some types, by name. Fragments on different types can select one response path with different
 * arguments; each is then fetched for the objects of its own types.
 */
export interface TypeStep {
  readonly types: readonly string[];
}

export interface Fetch {
  readonly kind: 'Fetch';
  readonly service: string;
  readonly operation: string;
  readonly isMutation: boolean;
  /** Whether it is run for a change, which the service gets. @default false */
  readonly takesChange?: boolean;
  readonly variables: readonly string[];
  /** What names an entity to the service; undefined for a fetch from a root. */
  readonly requires: readonly Requirement[] | undefined;
  /** Changes of a representation before it is sent. */
  readonly inputRewrites: readonly FetchDataRewrite[];
  /** Changes of what was received. */
  readonly outputRewrites: readonly FetchDataRewrite[];
}

export interface FetchNode extends Fetch {
  /** What it selects of the root, or of entities: the fields that fail where all of the fetch does, or all of an entity. */
  readonly fields: readonly FetchedField[];
}

export interface FetchedField {
  /** Its name in the fetched data. */
  readonly name: string;
  /** It is selected of objects that are of all of these types. */
  readonly types: readonly string[];
}

/** A part of a representation. */
export type Requirement =
  | {
      readonly kind: 'Field';
      /** Its name in the data fetched so far. */
      readonly from: string;
      /** Its name for the service. */
      readonly to: string;
      readonly selections: readonly Requirement[] | undefined;
    }
  | {
      readonly kind: 'Fragment';
      readonly type: string | undefined;
      readonly selections: readonly Requirement[];
      /** The keys among the selections, each as the paths to its fields. At least one of them names the entity, without a null. @default none */
      readonly keys?: readonly (readonly (readonly string[])[])[] | undefined;
    };

/** The texts of all operations that a plan sends to a subgraph. */
export function operationsFor(node: PlanNode, service: string): readonly string[] {
  switch (node.kind) {
    case 'Fetch':
      return node.service === service ? [node.operation] : [];
    case 'Flatten':
      return operationsFor(node.node, service);
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap((child) => operationsFor(child, service));
  }
}

/** Makes plans for the operations on one supergraph. */
export interface Planner {
  /** @throws where the planner refuses the operation */
  plan(operation: string): Promise<Plan>;
  close(): Promise<void>;
}
