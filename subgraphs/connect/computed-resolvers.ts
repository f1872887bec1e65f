import type { IResolvers } from '@graphql-tools/utils';
import type { ComputedFields } from './computed-fields.ts';
import type { RunningConnector } from './connector-calls.ts';
import type { ConnectContext } from './resolvers.ts';

/** The resolvers of connectors and, if there are any, of computed fields. */
export function withComputedFields(
  resolvers: IResolvers,
  computed: ComputedFields | undefined,
  connectors: readonly RunningConnector[],
): IResolvers {
  if (computed === undefined) return resolvers;
  const added = computed.resolvers((name, args, context) => {
    const running = connectors.find(({ connector }) => connector.name === name);
    if (running === undefined) throw new TypeError(`${name} has no connector.`);
    // The cast is safe: it is the context of the subgraph's resolvers.
    return (context as ConnectContext).calls.run(running, { $args: args });
  });
  const all = { ...resolvers };
  for (const [type, fields] of Object.entries(added))
    all[type] = Object.assign({}, resolvers[type], fields);
  return all;
}
