import type { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { invalidArgument } from './google-responses.ts';

/** A request's JSON body, or the answer to one that cannot be read. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  { body }: SandboxVendorRequest,
): { readonly data: z.output<Schema> } | { readonly answer: SandboxVendorResponse } {
  const read = schema.safeParse(parse(body));
  if (read.success) return { data: read.data };
  const problems = read.error.issues.map(
    ({ path, message }) => `Invalid value at '${path.join('.')}': ${message}`,
  );
  return { answer: invalidArgument(problems.join('\n')) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
