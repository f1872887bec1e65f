import { Supergraph as ApolloSupergraph } from '@apollo/federation-internals';
import { printSchema } from 'graphql';
import { ACCESS_OF } from '../supergraph/access-rules.ts';
import { Links } from '../supergraph/links.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import type { AudienceTags } from './audiences.ts';
import {
  hideFollowing,
  hideUnreachable,
  hideUntagged,
  type SchemaElement,
} from './hidden-elements.ts';

/**
 * The SDL of what an audience sees of a graph, as a GraphOS contract has it: what the tags leave out becomes `@inaccessible`, and the
 * API schema of that is it. https://www.apollographql.com/docs/graphos/platform/schema-management/delivery/contracts/reference
 *
 * In one thing it is stricter: what nothing leads to is gone even if it has an included tag.
 * @param supergraph has something `@inaccessible` to all, as ours does: it need not know the directive else.
 * @throws Error where what is left is no schema, such as a field whose type is gone or a required argument that would be hidden
 */
export function buildAudienceSchema({ document }: Supergraph, tags: AudienceTags): string {
  const { schema } = ApolloSupergraph.build(document);
  const hidden = new Set<SchemaElement>();
  hideUntagged(schema, tags, hidden);
  hideFollowing(schema, new Links(document).foreignNamesOf('@accessOf', ACCESS_OF), hidden);
  hideUnreachable(schema, hidden);
  for (const element of hidden)
    if (!element.hasAppliedDirective('inaccessible')) element.applyDirective('inaccessible');
  return `${printSchema(schema.toAPISchema().toGraphQLJSSchema())}\n`;
}
