import { buildASTSchema } from 'graphql';
import { checkOperations } from '../access/safelist/check-operations.ts';
import type { Problems } from '../configuration/environment.ts';
import { KnownOperationTypesRule } from '../http/operation-rules.ts';
import type { GatewayConfig } from './config.ts';
import { giveOwnScalars } from './distributed/own-scalars.ts';
import { buildApiDocument } from './supergraph/api-document.ts';
import type { Supergraph } from './supergraph/supergraph.ts';

/** Adds a line to `problems` for each operation of the list that the served graph would refuse. */
export function checkSafelist({ safelist, execution }: GatewayConfig, supergraph: Supergraph, problems: Problems): void {
  if (safelist === undefined) return;
  const schema = buildASTSchema(buildApiDocument(supergraph.document), { assumeValidSDL: true });
  if (execution.mode !== 'supergraph') giveOwnScalars(schema);
  checkOperations(safelist.operations, schema, [KnownOperationTypesRule], problems);
}
