import { type DocumentNode, parse } from 'graphql';

/** The SDL of a supergraph, parsed once on first use. */
export class Supergraph {
  readonly sdl: string;
  #document: DocumentNode | undefined;

  /** @param document the parsed SDL, if available */
  constructor(sdl: string, document?: DocumentNode) {
    this.sdl = sdl;
    this.#document = document;
  }

  /** @throws GraphQLError for a syntax error in the SDL */
  get document(): DocumentNode {
    this.#document ??= parse(this.sdl, { noLocation: true });
    return this.#document;
  }
}
