import type { z } from 'zod';
import type { LookAlikeAnswer, LookAlikeRequest } from '../look-alike.ts';
import { invalidArgument } from './google-answers.ts';

/** A request's JSON body, or the answer to one that cannot be read. */
export function readBody<Schema extends z.ZodType>(
  schema: Schema,
  { body }: LookAlikeRequest,
): { readonly data: z.output<Schema> } | { readonly answer: LookAlikeAnswer } {
  const read = schema.safeParse(parse(body));
  if (read.success) return { data: read.data };
  const problems = read.error.issues.map(({ path, message }) => `Invalid value at '${path.join('.')}': ${message}`);
  return { answer: invalidArgument(problems.join('\n')) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
