import type { ServerResponse } from 'node:http';
import type { FaultKind } from './faults.ts';
import type { SandboxVendor, SandboxVendorResponse } from './sandbox-vendor.ts';
import { drip, send, truncate } from './sending.ts';

/** Lets a fault happen to a request. Only those faults call `carryOut` that come after the request was carried out. */
export function fail(
  outgoing: ServerResponse,
  kind: FaultKind,
  sandboxVendor: SandboxVendor,
  carryOut: () => SandboxVendorResponse,
): void {
  switch (kind) {
    case 'hang':
      return;
    case 'garbage':
      send(outgoing, page(200, 'Back in a minute'));
      return;
    case 'wrong-json':
      send(outgoing, { status: 200, body: { unexpected: ['shape'] } });
      return;
    case 'content-type':
      send(outgoing, withHeader(carryOut(), 'content-type', 'text/plain; charset=utf-8'));
      return;
    case '502':
    case '503':
    case '504':
      send(outgoing, page(Number(kind), GATEWAY_REASONS[kind]));
      return;
    case '429':
    case '500':
      send(outgoing, vendorFailure(sandboxVendor, kind === '429' ? 429 : 500));
      return;
    case '429-retry-after':
      send(outgoing, withHeader(vendorFailure(sandboxVendor, 429), 'retry-after', '1'));
      return;
    case 'reset':
      outgoing.socket?.resetAndDestroy();
      return;
    case 'reset-after':
      carryOut();
      outgoing.socket?.resetAndDestroy();
      return;
    case 'truncate':
      truncate(outgoing, carryOut());
      return;
    case 'drip':
      drip(outgoing, carryOut());
      return;
  }
}

/** As RFC 9110, section 15.6, calls them, and as load balancers print them. */
const GATEWAY_REASONS = {
  '502': '502 Bad Gateway',
  '503': '503 Service Unavailable',
  '504': '504 Gateway Timeout',
} as const;

function page(status: number, text: string): SandboxVendorResponse {
  const html = `<html>\r\n<head><title>${text}</title></head>\r\n<body>\r\n<center><h1>${text}</h1></center>\r\n</body>\r\n</html>\r\n`;
  return { status, headers: { 'content-type': 'text/html' }, body: Buffer.from(html) };
}

const vendorFailure = (sandboxVendor: SandboxVendor, status: 429 | 500): SandboxVendorResponse =>
  sandboxVendor.failure?.(status) ?? {
    status,
    body: { error: 'The sandbox injected this fault (SANDBOX_FAULTS).' },
  };

const withHeader = (
  answer: SandboxVendorResponse,
  name: string,
  value: string,
): SandboxVendorResponse => ({
  ...answer,
  headers: { ...answer.headers, [name]: value },
});
