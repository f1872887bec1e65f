import { BREAK, type DocumentNode, visit } from 'graphql';

/** Whether variables may decide what a document selects. Any directive counts, for `@skip` and `@include` are all there are. */
export function isConditional(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Directive: () => {
      found = true;
      return BREAK;
    },
  });
  return found;
}
