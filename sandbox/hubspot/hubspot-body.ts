import type { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { validationError } from './hubspot-responses.ts';

/** A request's JSON body, or the answer to one that cannot be read. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  { body }: SandboxVendorRequest,
):
  | { readonly success: true; readonly data: z.output<Schema> }
  | { readonly success: false; readonly answer: SandboxVendorResponse } {
  const read = schema.safeParse(parse(body));
  if (read.success) return { success: true, data: read.data };
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  return { success: false, answer: validationError(`Invalid input JSON: ${problems.join('; ')}`) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
