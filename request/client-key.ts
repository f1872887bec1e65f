import { ANONYMOUS_CALLER, type Caller } from './caller.ts';
import { networkOf } from './network-address.ts';

/** Names a client in limits and waiting lines: the caller, or the network of one that shows no credential. */
export function clientKeyOf({ id, clientKey }: Caller, address: string): string {
  if (id !== ANONYMOUS_CALLER.id) return `caller ${id}`;
  return clientKey === undefined ? `address ${networkOf(address)}` : `client ${clientKey}`;
}
