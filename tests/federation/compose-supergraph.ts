import { composeServices } from '@apollo/composition';
import { type DocumentNode, parse } from 'graphql';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';

export interface ComposedSubgraph {
  readonly name: string;
  readonly sdl: string | DocumentNode;
  /** @default one that nothing listens at */
  readonly url?: string;
}

/** Composes subgraphs. @throws Error that names each problem */
export function composeSupergraph(subgraphs: readonly ComposedSubgraph[]): Supergraph {
  const { supergraphSdl, errors } = composeServices(
    subgraphs.map(({ name, sdl, url = `http://${name}.invalid` }) => ({
      name,
      url,
      typeDefs: typeof sdl === 'string' ? parse(sdl) : sdl,
    })),
  );
  if (supergraphSdl === undefined) throw new Error(errors.map(String).join('\n'));
  return new Supergraph(supergraphSdl);
}
