import type { ServerResponse } from 'node:http';
import type { SandboxVendorResponse } from './sandbox-vendor.ts';

export function send(outgoing: ServerResponse, answer: SandboxVendorResponse): void {
  const bytes = toBytes(answer.body);
  writeHead(outgoing, answer, bytes);
  outgoing.end(bytes);
}

/** Promises the whole body, sends half of it and breaks the connection. */
export function truncate(outgoing: ServerResponse, answer: SandboxVendorResponse): void {
  const bytes = toBytes(answer.body);
  writeHead(outgoing, answer, bytes);
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy());
}

/** Slower than any deadline, and never silent for so long that the connection would count as idle. */
const DRIP_INTERVAL_MS = 250;

/** Sends the answer a byte at a time, for as long as anyone listens. */
export function drip(outgoing: ServerResponse, answer: SandboxVendorResponse): void {
  const bytes = toBytes(answer.body);
  writeHead(outgoing, answer, bytes);
  outgoing.flushHeaders();
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < bytes.length) outgoing.write(bytes.subarray(sent, ++sent));
    else outgoing.end();
  }, DRIP_INTERVAL_MS);
  outgoing.once('close', () => {
    clearInterval(timer);
  });
}

function writeHead(
  outgoing: ServerResponse,
  { status, headers, body }: SandboxVendorResponse,
  bytes: Buffer,
) {
  const described =
    body === undefined
      ? {}
      : { 'content-type': 'application/json', 'content-length': String(bytes.length) };
  outgoing.writeHead(status, { ...described, ...headers });
}

function toBytes(body: unknown): Buffer {
  if (body === undefined) return Buffer.alloc(0);
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(JSON.stringify(body));
}
