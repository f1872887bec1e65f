import { buildASTSchema, type DocumentNode, findBreakingChanges, Kind } from 'graphql';
import { buildApiDocument } from '../supergraph/api-document.ts';
import { argumentsOfEach } from '../supergraph/directives.ts';
import { Links } from '../supergraph/links.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';
import { unexecutedFeatures } from '../supergraph/unexecuted-features.ts';
import { changedTags } from './audience-tags.ts';
import { changedElements } from './changed-elements.ts';
import { unprotectedReads } from './required-fields.ts';

/**
 * Finds incompatible changes that services make to the API of the built-in subgraphs. Composition allows them silently: an input type has only
 * the fields that all subgraphs have, a field is nullable if any subgraph says so, and the directives of all subgraphs apply.
 * @param builtIn the names of the built-in subgraphs
 * @returns one sentence for each
 */
export function removedFromApi(
  embedded: Supergraph,
  whole: Supergraph,
  builtIn: readonly string[],
): readonly string[] {
  const [before, after] = [embedded, whole].map(({ document }) =>
    buildASTSchema(buildApiDocument(document), { assumeValidSDL: true }),
  );
  if (before === undefined || after === undefined) return [];
  return [
    ...findBreakingChanges(before, after).map(
      ({ description }) =>
        `A service must not take from the API of the built-in subgraphs: ${description.replace(/\.?$/, '.')}`,
    ),
    ...changedElements(embedded.document, whole.document),
    ...changedTags(embedded.document, whole.document),
    ...unprotectedReads(whole, builtIn),
    ...unexecutedFeatures(whole.document, (subgraph) => builtIn.includes(subgraph)).map(
      (feature) => `The graph cannot execute ${feature}. Remove it.`,
    ),
  ];
}

/**
 * Finds fields of built-in subgraphs that a service takes over by `@override`. They cannot be composed if other subgraphs require them.
 * @returns one sentence for each, with its line
 */
export function overriddenFields(
  service: DocumentNode,
  builtIn: readonly string[],
): readonly { readonly line: number; readonly message: string }[] {
  const names = new Links(service).namesOf('@override', 'federation');
  return service.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION
      ? (node.fields ?? []).flatMap((field) => {
          const [override] = argumentsOfEach<{ readonly from: string }>(field, names);
          return override === undefined || !builtIn.includes(override.from)
            ? []
            : [
                {
                  line: field.loc?.startToken.line ?? 1,
                  message: `A service must not resolve ${node.name.value}.${field.name.value} in place of ${override.from}: remove @override from it.`,
                },
              ];
        })
      : [],
  );
}
