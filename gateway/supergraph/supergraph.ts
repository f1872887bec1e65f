import { type DocumentNode, parse } from 'graphql';

/** The SDL of a supergraph, which is parsed once and only when it is needed. */
export class Supergraph {
  readonly sdl: string;
  #document: DocumentNode | undefined;

  /** @param document is the SDL where it has been parsed already. */
  constructor(sdl: string, document?: DocumentNode) {
    this.sdl = sdl;
    this.#document = document;
  }

  /** @throws GraphQLError where the SDL has a syntax error */
  get document(): DocumentNode {
    this.#document ??= parse(this.sdl, { noLocation: true });
    return this.#document;
  }
}
