import { type DocumentNode, Kind, OperationTypeNode } from 'graphql';
import { argumentsOf } from './directives.ts';
import { readJoins } from './joins.ts';
import { type Link, Links } from './links.ts';

/** Whether this server has events for a subgraph's field of `Subscription`; only built-in subgraphs have events. */
export type HasEvents = (subgraph: string, field: string) => boolean;

/**
 * The features of a supergraph that no engine executes, each with its first use: `progressive @override (Product.price)`. Without this check,
 * the engines would ignore them.
 * @throws Error for a document that is not a supergraph
 */
export function unexecutedFeatures(
  document: DocumentNode,
  hasEvents: HasEvents,
): readonly string[] {
  const links = new Links(document);
  const found = new Map<string, string>();
  const add = (feature: string, place: string) => {
    if (!found.has(feature)) found.set(feature, place);
  };
  const { types } = readJoins(document);
  for (const { name, fields } of types.values()) {
    for (const [field, { isOverriddenByLabel, readsContext }] of fields) {
      if (isOverriddenByLabel) add('progressive @override', `${name}.${field}`);
      if (readsContext) add('@context', `${name}.${field}`);
    }
  }
  for (const link of links.all)
    if (isNeeded(link) && !isExecuted(link)) add(...linkedFeature(link));
  const subscription = types.get(subscriptionType(document) ?? '');
  for (const [field, { owners }] of subscription?.fields ?? []) {
    const other = owners.find((owner) => !hasEvents(owner, field));
    if (other !== undefined) add(SUBSCRIPTIONS, `${subscription?.name ?? ''}.${field} of ${other}`);
  }
  return [...found].map(([feature, place]) => `${feature} (${place})`);
}

/** A subscription of a service would need a stream from that service. */
const SUBSCRIPTIONS = 'subscriptions of a subgraph that is not built in and so sends no events';

/** Specifications of `https://specs.apollo.dev/` that the engines or the gateway implement. */
const EXECUTED: ReadonlySet<string> = new Set([
  'link',
  'core',
  'join',
  'inaccessible',
  'tag',
  'authenticated',
  'requiresScopes',
  'policy',
  'cost',
]);

const APOLLO = 'https://specs.apollo.dev/';

const isExecuted = ({ specification }: Link) =>
  specification.startsWith(APOLLO) && EXECUTED.has(specification.slice(APOLLO.length));

/** https://specs.apollo.dev/link/v1.0/#Purpose: a server can ignore a link without a purpose. */
const isNeeded = ({ directive }: Link) => argumentsOf(directive)['for'] !== undefined;

/** A Federation feature by its directive, others by the URL of their specification. */
const linkedFeature = ({ specification, prefix }: Link): [string, string] => {
  const name = specification.startsWith(APOLLO) ? specification.slice(APOLLO.length) : prefix;
  return [`@${name}`, specification];
};

function subscriptionType({ definitions }: DocumentNode): string | undefined {
  const roots = definitions.flatMap((node) =>
    node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
      ? (node.operationTypes ?? [])
      : [],
  );
  return roots.find(({ operation }) => operation === OperationTypeNode.SUBSCRIPTION)?.type.name
    .value;
}
