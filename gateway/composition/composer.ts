import { composeAudiences } from '../audiences/compose-audiences.ts';
import { Supergraph } from '../supergraph/supergraph.ts';
import type { ComposeSources } from './compose-command.ts';
import { composeGraph } from './compose-graph.ts';
import type { GraphToCompose } from './graph-file.ts';

/** A graph to be composed: a `graph.yaml` with its files, or a supergraph that lacks the schemas of its audiences alone. */
export type ComposerRequest =
  | { readonly file: GraphToCompose; readonly sdl?: never }
  | { readonly file?: never; readonly sdl: string };

/** The SDL of all that is composed, or why it cannot be: a sentence each, with file and line. */
export type ComposerResponse =
  | {
      readonly supergraph: string;
      /** Of the built-in subgraphs alone; absent for a supergraph that was given. */
      readonly embedded?: string;
      /** By their names. */
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
