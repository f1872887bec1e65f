import { type DocumentNode, Kind, OperationTypeNode } from 'graphql';
import { argumentsOf } from './directives.ts';
import { readJoins } from './joins.ts';
import { type Link, Links } from './links.ts';

/** Whether this server has events for a field of `Subscription` of a subgraph: of the built-in ones alone. */
export type HasEvents = (subgraph: string, field: string) => boolean;

/**
 * What a supergraph contains that no engine here executes, each with the first place that uses it: `progressive @override (Product.price)`. A
 * supergraph with any of it would be answered as if it were not there.
 * @throws Error for a document that is no supergraph
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

/** A service would have to be asked for a stream of its own. */
const SUBSCRIPTIONS = 'subscriptions of a subgraph that is not built in and so sends no events';

/** Specifications that the engines or the gateway around them execute, of `https://specs.apollo.dev/`. */
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

/** https://specs.apollo.dev/link/v1.0/#Purpose: without a purpose, a server may ignore what is linked. */
const isNeeded = ({ directive }: Link) => argumentsOf(directive)['for'] !== undefined;

/** A feature of Federation by its directive, another by the place of its specification. */
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
