import type { ErrorCode } from '../errors/error-codes.ts';
import type { AnyRequest } from './upstream-request.ts';
import type { UpstreamResponse } from './vendor-response.ts';

/** What an operator needs to know of a refused call. Holds no credential, no body and no value of a path. */
export interface VendorRefusal extends RefusalDescription {
  readonly service: string;
  readonly vendor: string;
  /** Which of the vendor's APIs, where it has several. */
  readonly api?: string;
  readonly method: string;
  /** The path with names in place of values: `/v1/customers/{id}`. */
  readonly path: string;
  readonly status: number;
  /** The code that clients see. */
  readonly code: ErrorCode;
  /** The client's request that the call was made for. */
  readonly requestId?: string;
}

/** What a vendor's response says of a refusal, by the vendor's own names. */
export interface RefusalDescription {
  /** The vendor's kind of error: `MISSING_SCOPES`. */
  readonly category?: string | undefined;
  /** The permissions that the call needs, from the adapter's own table: vendors' lists are sometimes wrong. */
  readonly needs?: readonly string[];
  /** The permissions that the vendor names. */
  readonly missing?: readonly string[];
  /** By which the vendor's support finds the call. */
  readonly correlationId?: string | undefined;
}

/** Reads a refusal; what it returns is cut to plain names before it is logged. */
export type DescribeRefusal = (
  response: UpstreamResponse,
  request: AnyRequest,
) => RefusalDescription;

/** Keeps what is a name and nothing else: vendors' texts hold parts of keys, addresses and other people's data. */
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

/** Some vendors name each of thirty permissions that would do. */
const MAX_NAMES = 10;
