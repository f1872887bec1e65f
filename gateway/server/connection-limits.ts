import { z } from 'zod';
import { integer } from '../../settings/values.ts';
import type { ConnectionLimits } from './connections.ts';

const MEBIBYTE = 1024 * 1024;

export const DEFAULT_CONNECTIONS: ConnectionLimits = Object.freeze({
  max: connectionsThatFit(),
  maxPerAddress: 256,
  maxUnreadBytes: 64 * MEBIBYTE,
  unreadMs: 30_000,
});

export const CONNECTION_VARIABLES = {
  MAX_CONNECTIONS: integer({ min: 10, max: 100_000 }).default(DEFAULT_CONNECTIONS.max),
  MAX_CONNECTIONS_PER_ADDRESS: integer({ min: 1, max: 100_000 }).default(
    DEFAULT_CONNECTIONS.maxPerAddress,
  ),
  MAX_UNREAD_BYTES: integer({ min: MEBIBYTE, max: 4096 * MEBIBYTE }).default(
    DEFAULT_CONNECTIONS.maxUnreadBytes,
  ),
  UNREAD_TIMEOUT_MS: integer({ min: 100, max: 600_000 }).default(DEFAULT_CONNECTIONS.unreadMs),
};

/** Reserves file descriptors for vendors, services, Redis and files. */
function connectionsThatFit(): number {
  const report = z
    .object({ userLimits: z.object({ open_files: z.object({ soft: z.number() }) }) })
    .safeParse(process.report.getReport());
  const descriptors = report.data?.userLimits.open_files.soft ?? 1024;
  return Math.min(10_000, Math.max(100, Math.floor(descriptors * 0.8) - 100));
}
