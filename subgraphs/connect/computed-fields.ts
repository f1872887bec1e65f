import type { IObjectTypeResolver } from '@graphql-tools/utils';
import type { CallTable } from '../call-table.ts';

/** Fields of a connector subgraph that code calculates from the results of its connectors. */
export interface ComputedFields {
  /** Extends the SDL of the connectors. */
  readonly sdl: string;
  /** The calls of the fields. */
  readonly calls: CallTable;
  /** By type and field. */
  resolvers(read: ReadField): Readonly<Record<string, IObjectTypeResolver>>;
}

/**
 * Reads a field of `Query` by its connector; equal reads of a client request share one call.
 * @param name `Query.orders`
 * @param context the context of the resolver
 * @throws CodedError
 */
export type ReadField = (
  name: string,
  args: Readonly<Record<string, unknown>>,
  context: object,
) => Promise<unknown>;
