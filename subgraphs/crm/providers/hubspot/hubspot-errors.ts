import { UpstreamError, type UpstreamErrorCode } from '../../../../upstream/upstream-error.ts';
import type { UpstreamAnswer } from '../../../../upstream/vendor-answer.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';
import { HubspotRefusal } from './hubspot-refusal.ts';
import { wireError, type WireBatchError } from './hubspot-wire.ts';

/** What a refusal means, where its body or a status of HubSpot's own says more than HTTP does. */
export function explainRefusal({ status, headers, body }: UpstreamAnswer): UpstreamError | UpstreamErrorCode | undefined {
  if (status < 400) return undefined;
  if (TEMPORARY.has(status)) return 'UPSTREAM_UNAVAILABLE';
  const error = safeParseWire(wireError, body).data;
  const { category, policyName } = error ?? {};
  const code = status === 429 ? 'UPSTREAM_RATE_LIMITED' : codeOfCategory(category);
  if (code === undefined && error !== undefined && REASONED.has(status)) return new HubspotRefusal(status, error);
  if (code !== 'UPSTREAM_RATE_LIMITED' || headers['retry-after'] !== undefined) return code;
  return new UpstreamError(code, 'crm', { status, retryAfter: SECONDS_OF_POLICY[policyName ?? ''] });
}

/** @returns undefined where the record that an error is about just does not exist, or has no link. */
export function explainBatchError({ category }: WireBatchError): UpstreamError | undefined {
  if (category === 'OBJECT_NOT_FOUND') return undefined;
  return new UpstreamError(codeOfCategory(category) ?? 'UPSTREAM_REJECTED', 'crm');
}

/** Locked for a moment, and being moved to another data centre: https://developers.hubspot.com/docs/api-reference/error-handling */
const TEMPORARY = new Set([423, 477]);

/** Those that say what is wrong. */
const REASONED = new Set([400, 409]);

/** How long a used-up allowance lasts; the daily one says nothing of use. Answers carry no `Retry-After` then. */
const SECONDS_OF_POLICY: Readonly<Record<string, number>> = { SECONDLY: 1, TEN_SECONDLY_ROLLING: 10 };

function codeOfCategory(category: string | undefined): UpstreamErrorCode | undefined {
  return CODES_OF_CATEGORY[category ?? ''];
}

const CODES_OF_CATEGORY: Readonly<Record<string, UpstreamErrorCode>> = {
  RATE_LIMITS: 'UPSTREAM_RATE_LIMITED',
  INVALID_AUTHENTICATION: 'UPSTREAM_AUTH',
  EXPIRED_AUTHENTICATION: 'UPSTREAM_AUTH',
  MISSING_SCOPES: 'UPSTREAM_AUTH',
};
