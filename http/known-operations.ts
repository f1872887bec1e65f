import type { GraphQLRequestContextDidResolveOperation } from '@apollo/server';
import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { LRUCache } from 'lru-cache';

/** An operation that was parsed and found valid. */
export interface KnownOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** The operation's own name, whether or not a request needed it. */
  readonly operationName: string | null;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly queryHash: string;
  /** Whether the operator expects it; true where there is no list of what is expected. */
  readonly isListed: boolean;
}

/** The operations of the texts that came last, by the text and by what a request calls them. */
export class KnownOperations {
  readonly #byText = new LRUCache<string, Map<string, KnownOperation>>({
    max: MAX_TEXTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_operations, text) => text.length,
  });

  has(text: string): boolean {
    return this.#byText.has(text);
  }

  /** @param operationName of the request */
  find(text: string, operationName: string | undefined): KnownOperation | undefined {
    return this.#byText.get(text)?.get(operationName ?? '');
  }

  add<Context extends object>(
    asked: GraphQLRequestContextDidResolveOperation<Context>,
    operation: OperationDefinitionNode,
    isListed: boolean,
  ): KnownOperation {
    const { source, document, operationName, queryHash, request } = asked;
    const ofText = this.#byText.get(source) ?? new Map<string, KnownOperation>();
    this.#byText.set(source, ofText);
    const known = { document, operation, operationName, queryHash, isListed };
    ofText.set(request.operationName ?? '', known);
    return known;
  }

  /** What was valid for one schema may not be for another. */
  clear(): void {
    this.#byText.clear();
  }
}

/** A text with its document, and all that is found out about its operations, takes some 20 to 100 kB. */
export const MAX_TEXTS = 500;

/** Of all texts together: what is made of a text takes some 150 bytes for each of its characters. */
export const MAX_CHARACTERS = 500_000;
