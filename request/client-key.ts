import { ANONYMOUS_CALLER, type Caller } from './caller.ts';
import { networkOf } from './network-address.ts';

/** Identifies a client in limits and waiting lines: by caller, or by network for anonymous clients. */
export function clientKeyOf({ id, clientKey }: Caller, address: string): string {
  if (id !== ANONYMOUS_CALLER.id) return `caller ${id}`;
  return clientKey === undefined ? `address ${networkOf(address)}` : `client ${clientKey}`;
}
