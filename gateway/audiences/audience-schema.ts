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
 * The API schema for an audience, with the rules of a GraphOS contract: elements that the tags exclude become `@inaccessible`.
 * https://www.apollographql.com/docs/graphos/platform/schema-management/delivery/contracts/reference
 *
 * One rule is stricter: unreachable types are removed even if they have an included tag.
 * @param supergraph must have an `@inaccessible` element, as ours has; otherwise the directive is undefined
 * @throws Error if the result is not a schema, for example because a field's type or a required argument is hidden
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
