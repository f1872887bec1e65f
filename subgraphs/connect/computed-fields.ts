import type { IObjectTypeResolver } from '@graphql-tools/utils';
import type { CallTable } from '../call-table.ts';

/** Fields of a subgraph of connectors that code resolves by what its connectors read. */
export interface ComputedFields {
  /** Extends the SDL of the connectors. */
  readonly sdl: string;
  /** The calls that the fields make. */
  readonly calls: CallTable;
  /** By type and field. */
  resolvers(read: ReadField): Readonly<Record<string, IObjectTypeResolver>>;
}

/**
 * Reads a field of `Query` by its connector; equal reads of a client request are one call.
 * @param name `Query.orders`
 * @param context is that of the resolver
 * @throws CodedError
 */
export type ReadField = (
  name: string,
  args: Readonly<Record<string, unknown>>,
  context: object,
) => Promise<unknown>;
