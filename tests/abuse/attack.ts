import type { ErrorCode } from '../../errors/error-codes.ts';

/** A malicious request: sent by an HTTP client, or byte by byte where no client would send it. */
export type AttackRequest = HttpAttackRequest | RawAttackRequest;

export interface HttpAttackRequest {
  /** @default 'POST' */
  readonly method?: string;
  /** @default '/graphql' */
  readonly path?: string;
  /** Added to a JSON content type and the credential. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface RawAttackRequest {
  readonly startLine: string;
  /** Without the credential. */
  readonly lines: readonly string[];
  /** In Latin 1. */
  readonly body: string;
}

export interface Attack {
  readonly name: string;
  /** @param time makes it another text each time, where what came before would be known. */
  readonly request: (time: number) => AttackRequest;
  readonly status: number;
  /** The code of each error; null where the answer has none: what was tried is right, and does nothing. */
  readonly code: ErrorCode | null;
}

/** A row of a table: name, request, status, code. */
export type AttackRow = readonly [
  name: string,
  request: AttackRequest | Attack['request'],
  status: number,
  code: ErrorCode | null,
];

export const toAttack = ([name, request, status, code]: AttackRow): Attack => ({
  name,
  request: typeof request === 'function' ? request : () => request,
  status,
  code,
});

/** A GraphQL request. */
export const graphql = (query: unknown, more: object = {}): HttpAttackRequest => ({
  body: JSON.stringify({ query, ...more }),
});

export const times = (count: number, write: (index: number) => string, between = ' '): string =>
  Array.from({ length: count }, (_, index) => write(index)).join(between);
