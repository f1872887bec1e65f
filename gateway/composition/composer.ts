import { composeAudiences } from '../audiences/compose-audiences.ts';
import { Supergraph } from '../supergraph/supergraph.ts';
import type { ComposeSources } from './compose-command.ts';
import { composeGraph } from './compose-graph.ts';
import type { GraphToCompose } from './graph-file.ts';

/** A graph to compose: a `graph.yaml` with its files, or a supergraph that needs only the schemas of its audiences. */
export type ComposerRequest =
  | { readonly file: GraphToCompose; readonly sdl?: never }
  | { readonly file?: never; readonly sdl: string };

/** The composed SDL, or the problems: one sentence each, with file and line. */
export type ComposerResponse =
  | {
      readonly supergraph: string;
      /** The supergraph of the built-in subgraphs; absent if the request contains a supergraph. */
      readonly embedded?: string;
      /** SDL by the audience's name. */
      readonly audiences: ReadonlyMap<string, string>;
      readonly problems?: never;
    }
  | { readonly supergraph?: never; readonly problems: readonly string[] };

export function compose(
  { file, sdl }: ComposerRequest,
  { modules, readSdl, audiences }: ComposeSources,
): ComposerResponse {
  if (file === undefined)
    return {
      supergraph: sdl,
      audiences: composeAudiences(new Supergraph(sdl), modules, audiences()),
    };
  const { composed, problems } = composeGraph(file, { modules, readSdl });
  if (composed === undefined) return { problems };
  return {
    supergraph: composed.supergraph.sdl,
    embedded: composed.embedded.sdl,
    audiences: composeAudiences(composed.supergraph, modules, audiences()),
  };
}
