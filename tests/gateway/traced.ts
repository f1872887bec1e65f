import type { GatewayResponse } from './start-gateway.ts';

/** The header that asks for the vendor calls of a request. */
export const TRACED = { 'x-tributary-trace': '1' };

/** How many vendor calls a traced request made. */
export const callsOf = ({ extensions }: GatewayResponse) => extensions?.upstream?.length;

/** The paths of these calls. */
export function pathsOf({ extensions }: GatewayResponse): readonly string[] {
  if (extensions?.upstream === undefined) throw new Error('The request was not traced.');
  return extensions.upstream.map(({ path }) => path);
}
