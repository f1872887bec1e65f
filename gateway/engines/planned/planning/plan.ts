import type { FetchDataRewrite } from '@apollo/query-planner';

/** How subgraphs execute an operation. It can be sent to another thread. */
export interface Plan {
  /** Undefined if nothing is fetched. */
  readonly node: PlanNode | undefined;
  /** Whether a fetch continues only from objects of some types: see {@link TypeStep}. */
  readonly hasTypeSteps: boolean;
}

export type PlanNode =
  | { readonly kind: 'Sequence' | 'Parallel'; readonly nodes: readonly PlanNode[] }
  /** Continues from the objects at a path. */
  | { readonly kind: 'Flatten'; readonly path: PlanPath; readonly node: PlanNode }
  | FetchNode;

/** The path to objects: field names, `@` for each item of a list, and types that an object must have. */
export type PlanPath = readonly (string | TypeStep)[];

/**
 * Continues only from objects of the named types. Fragments on different types can select one response path with different arguments; each
 * is fetched for the objects of its own types.
 */
export interface TypeStep {
  readonly types: readonly string[];
}

export interface Fetch {
  readonly kind: 'Fetch';
  readonly service: string;
  readonly operation: string;
  readonly isMutation: boolean;
  /** Whether it runs for a change, which the service receives. @default false */
  readonly takesChange?: boolean;
  readonly variables: readonly string[];
  /** The parts of a representation; undefined for a fetch of root fields. */
  readonly requires: readonly Requirement[] | undefined;
  /** Rewrites of a representation before it is sent. */
  readonly inputRewrites: readonly FetchDataRewrite[];
  /** Rewrites of the received data. */
  readonly outputRewrites: readonly FetchDataRewrite[];
}

export interface FetchNode extends Fetch {
  /** The fields that it selects of the root or of entities: they fail if the whole fetch or an entity fails. */
  readonly fields: readonly FetchedField[];
}

export interface FetchedField {
  /** The name in the fetched data. */
  readonly name: string;
  /** Type conditions: the object must have all of these types. */
  readonly types: readonly string[];
}

/** A part of a representation. */
export type Requirement =
  | {
      readonly kind: 'Field';
      /** The name in the data fetched so far. */
      readonly from: string;
      /** The name that the service uses. */
      readonly to: string;
      readonly selections: readonly Requirement[] | undefined;
    }
  | {
      readonly kind: 'Fragment';
      readonly type: string | undefined;
      readonly selections: readonly Requirement[];
      /** The keys among the selections, each as the paths to its fields. One of them must be complete, without nulls. @default none */
      readonly keys?: readonly (readonly (readonly string[])[])[] | undefined;
    };

/** All operations that a plan sends to a subgraph. */
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

/** Plans the operations of one supergraph. */
export interface Planner {
  /** @throws if the planner refuses the operation */
  plan(operation: string): Promise<Plan>;
  close(): Promise<void>;
}
