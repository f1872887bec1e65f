import { buildASTSchema } from 'graphql';
import { checkOperations } from './access/safelist/check-operations.ts';
import type { Problems } from '../settings/settings.ts';
import { KnownOperationTypesRule } from './graphql/operation-rules.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';
import { findBuiltIn } from './engines/built-in-subgraphs.ts';
import type { GatewayConfig } from './config.ts';
import { useOwnScalars, scalarsOf } from './engines/planned/own-scalars.ts';
import { buildApiDocument } from './supergraph/api-document.ts';
import type { Supergraph } from './supergraph/supergraph.ts';

/** Adds a line to `problems` for each operation of the safelist that the served graph would refuse. */
export function checkSafelist(
  { safelist }: Pick<GatewayConfig, 'safelist'>,
  supergraph: Supergraph,
  modules: readonly SubgraphModule[],
  problems: Problems,
): void {
  if (safelist === undefined) return;
  const schema = buildASTSchema(buildApiDocument(supergraph.document), { assumeValidSDL: true });
  useOwnScalars(schema, scalarsOf(supergraph, findBuiltIn(supergraph, modules)));
  checkOperations(safelist.operations, schema, [KnownOperationTypesRule], problems);
}
