import { z } from 'zod';
import type {
  CallRecord,
  CallTrace,
  MappingProblemRecord,
  StaleRecord,
  TruncatedRecord,
} from '../../../request/request-scope.ts';
import { parseJsonBody } from '../../../upstream/json-body.ts';

export type ServiceError = z.output<typeof serviceError>;

/** A service's response to a GraphQL request. */
export interface GraphQLResponse {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly ServiceError[];
  /** Empty for a foreign service: its reports are not trusted. */
  readonly calls: readonly CallRecord[];
  readonly stale: readonly StaleRecord[];
  readonly mappingProblems: readonly MappingProblemRecord[];
  readonly truncated: readonly TruncatedRecord[];
}

/**
 * @param service the subgraph of the service: reported calls get its name
 * @returns undefined if the body is not a GraphQL response
 */
export function readGraphQLResponse(
  bytes: Buffer,
  { name: service, isBuiltIn }: { readonly name: string; readonly isBuiltIn: boolean },
): GraphQLResponse | undefined {
  const read = responseSchema.safeParse(parseJsonBody(bytes)).data;
  if (read === undefined || (read.data == null && read.errors == null)) return undefined;
  const {
    upstream = [],
    stale = [],
    mappingProblems = [],
    truncated = [],
  } = (isBuiltIn && read.extensions) || {};
  return {
    data: read.data ?? null,
    errors: readErrors(read.errors ?? []),
    calls: upstream.map((call) => ({ ...call, service })),
    stale: stale.map((record) => ({ ...record, service })),
    mappingProblems: mappingProblems.map((record) => ({ ...record, service })),
    truncated: truncated.map((record) => ({ ...record, service })),
  };
}

/** Adds a service's report to the trace of the client's request, which started `offsetMs` before the service's. */
export function addReport(
  trace: CallTrace,
  { calls, stale, mappingProblems, truncated }: GraphQLResponse,
  offsetMs: number,
): void {
  for (const record of stale) trace.recordStale(record);
  for (const record of mappingProblems) trace.recordMappingProblem(record);
  for (const record of truncated) trace.recordTruncated(record);
  for (const call of calls)
    trace.record({ ...call, startMs: Math.round((call.startMs + offsetMs) * 10) / 10 });
}

function readErrors(errorList: readonly unknown[]): readonly ServiceError[] {
  const errors = errorList.slice(0, MAX_ERRORS).map((error) => serviceError.parse(error));
  return errorList.length <= MAX_ERRORS
    ? errors
    : [...errors, { message: `The answer has ${String(errorList.length)} errors.` }];
}

/** A last error states the number of errors beyond this. */
const MAX_ERRORS = 10_000;

/** An invalid error must not invalidate the data of the response. */
const serviceError = z
  .object({
    message: z.string().catch(''),
    // Field names and list indices; some servers send null for no path.
    path: z
      .array(z.union([z.string().max(1000), z.int()]))
      .max(100)
      .optional()
      .catch(undefined),
    // Optional in GraphQL.
    extensions: z.unknown().optional(),
  })
  .catch({ message: '' });

/** A vendor, or a source of connectors, which can be named after its host. It is logged. */
const sourceName = z.string().regex(/^[A-Za-z\d[][\w.:\]-]{0,99}$/);

const callRecord = z.object({
  vendor: sourceName,
  method: z.string(),
  path: z.string(),
  status: z.int().nullable(),
  startMs: z.number(),
  ms: z.number(),
  batchSize: z.int().nullable(),
  noBatchReason: z.string().max(200).optional(),
});

const staleRecord = z.object({ type: z.string().max(100), ageSeconds: z.int().min(0) });

const mappingProblemRecord = z.object({
  vendor: sourceName,
  connector: z.string().max(200),
  mapping: z.string().max(100),
  kind: z.string().max(40),
  line: z.int(),
  column: z.int(),
  path: z.string().max(1000),
  count: z.int(),
});
const truncatedRecord = z.object({ field: z.string().max(200), items: z.int().min(0) });

const responseSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.unknown()).nullish(),
  extensions: z
    .object({
      upstream: z.array(callRecord).optional().catch(undefined),
      stale: z.array(staleRecord).optional().catch(undefined),
      mappingProblems: z.array(mappingProblemRecord).max(100).optional().catch(undefined),
      truncated: z.array(truncatedRecord).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});
