import type { ErrorCode } from '../errors/error-codes.ts';
import type { AnyRequest } from './upstream-request.ts';
import type { UpstreamResponse } from './vendor-response.ts';

/** A refused call, for the operator. Contains no credential, no body and no value of a path. */
export interface VendorRefusal extends RefusalDescription {
  readonly service: string;
  readonly vendor: string;
  /** The API of a vendor that has several. */
  readonly api?: string;
  readonly method: string;
  /** The path with names in place of values: `/v1/customers/{id}`. */
  readonly path: string;
  readonly status: number;
  /** The code that clients see. */
  readonly code: ErrorCode;
  /** The client's request that caused the call. */
  readonly requestId?: string;
}

/** A refusal as the vendor's response describes it, in the vendor's own terms. */
export interface RefusalDescription {
  /** The vendor's kind of error: `MISSING_SCOPES`. */
  readonly category?: string | undefined;
  /** The permissions that the call needs, from the adapter's own table: vendors' lists are sometimes wrong. */
  readonly needs?: readonly string[];
  /** The permissions that the vendor names. */
  readonly missing?: readonly string[];
  /** The id of the call for the vendor's support. */
  readonly correlationId?: string | undefined;
}

/** Reads a refusal. Only plain names of its result are logged. */
export type DescribeRefusal = (
  response: UpstreamResponse,
  request: AnyRequest,
) => RefusalDescription;

/** Removes all values that are not plain names: vendors' texts contain parts of keys, addresses and personal data. */
export function withNamesOnly({
  category,
  needs = [],
  missing = [],
  correlationId,
}: RefusalDescription): RefusalDescription {
  const named = missing.filter(isName).slice(0, MAX_NAMES);
  return {
    ...(isName(category) && { category }),
    ...(needs.length > 0 && { needs }),
    ...(named.length > 0 && { missing: named }),
    ...(isName(correlationId) && { correlationId }),
  };
}

const isName = (text: string | undefined): text is string =>
  text !== undefined && /^[\w.-]{1,64}$/.test(text);

/** Some vendors list thirty permissions of which each would do. */
const MAX_NAMES = 10;
