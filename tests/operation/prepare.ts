import { createHash } from 'node:crypto';
import { type DocumentNode, getOperationAST, parse } from 'graphql';
import { PreparedOperation } from '../../operation/prepared-operation.ts';

/** Prepares the only operation of a document, as the server does for one that is valid. */
export function prepare(text: string, document: DocumentNode = parse(text)): PreparedOperation {
  const operation = getOperationAST(document);
  if (operation == null) throw new Error(`The document has no operation, or several: ${text}`);
  return new PreparedOperation({ document, operation, hash: createHash('sha256').update(text).digest('hex') });
}
