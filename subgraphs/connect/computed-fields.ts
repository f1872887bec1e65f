import type { IResolvers } from '@graphql-tools/utils';
import type { CallTable } from '../call-table.ts';
import type { Variables } from './build-request.ts';
import type { RunningConnector } from './connector-calls.ts';
import type { ConnectorFile } from './connector-file.ts';
import type { ConnectContext } from './resolvers.ts';

/** Fields of a subgraph of connectors that code resolves by what its connectors read. */
export interface ComputedFields {
  /** Extends the SDL of the connectors. */
  readonly sdl: string;
  /** The calls that the fields make. */
  readonly calls: CallTable;
  resolvers(read: ReadField): IResolvers<unknown, ConnectContext>;
}

/**
 * Reads a field of `Query` by its connector; equal reads of a client request are one call.
 * @param name `Query.orders`
 * @throws CodedError
 */
export type ReadField = (
  name: string,
  args: Variables,
  context: ConnectContext,
) => Promise<unknown>;

/** Adds fields to a subgraph of connectors. */
export const withComputedFields = (
  file: ConnectorFile,
  computed: ComputedFields,
): ConnectorFile => ({ ...file, sdl: `${file.sdl}\n${computed.sdl}`, computed });

/** The resolvers of connectors and, if there are any, of computed fields. */
export function withComputedResolvers(
  resolvers: IResolvers,
  computed: ComputedFields | undefined,
  connectors: readonly RunningConnector[],
): IResolvers {
  if (computed === undefined) return resolvers;
  const added = computed.resolvers((name, args, { calls }) => {
    const running = connectors.find(({ connector }) => connector.name === name);
    if (running === undefined) throw new TypeError(`${name} has no connector.`);
    return calls.run(running, { $args: args });
  });
  const types = Object.entries(added).map(
    ([type, fields]) => [type, { ...resolvers[type], ...fields }] as const,
  );
  return { ...resolvers, ...Object.fromEntries(types) } as IResolvers;
}
