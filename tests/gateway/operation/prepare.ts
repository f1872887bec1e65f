import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, parse } from 'graphql';
import { PreparedOperation } from '../../../gateway/operation/prepared-operation.ts';

/** Prepares the first operation of a document, as the server does for one that is valid. */
export function prepare(text: string, document: DocumentNode = parse(text)): PreparedOperation {
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error(`The document has no operation: ${text}`);
  return new PreparedOperation({
    document,
    operation,
    hash: createHash('sha256').update(text).digest('hex'),
  });
}
