import { BadUserInput } from '../../errors/coded-error.ts';
import type { Part, Refusal, WriteResult } from './refusal.ts';

/** A write's outcome for clients. It is stored for a day, so it contains no personal data except an id. */
export interface WriteOutcome {
  /** The id of the written record; null if none was written. */
  readonly id: string | null;
  readonly userErrors: readonly UserError[];
}

/** A business-rule failure of a mutation. */
export interface UserError {
  readonly code: UserErrorCode;
  /** The path of the input field, from `input` on; null if it concerns the whole input. */
  readonly field: readonly string[] | null;
  readonly message: string;
}

export type UserErrorCode =
  'NOT_FOUND' | 'ALREADY_EXISTS' | 'ALREADY_DONE' | 'NOT_ALLOWED_NOW' | 'DECLINED' | 'UNKNOWN';

/**
 * Maps a refusal to a user error, or to `BAD_USER_INPUT` for input that can never succeed.
 * @param name the input field as clients write it: `input.lines.1.quantity`
 */
export type Explain<Reason extends Refusal> = (refusal: Reason, name: string) => Explanation;

export type Explanation = readonly [code: UserErrorCode | 'BAD_USER_INPUT', message: string];

/**
 * Turns the refusals of a write into user errors.
 * @throws BadUserInput with all problems of the input
 */
export function toOutcome<Reason extends Refusal>(
  { id, refusals }: WriteResult<Reason>,
  explain: Explain<Reason>,
): WriteOutcome {
  const wrong: { field: readonly string[] | null; message: string }[] = [];
  const userErrors: UserError[] = [];
  for (const refusal of refusals) {
    const field = refusal.at && pathOf(refusal.at, ['input']);
    const [code, message] = explain(refusal, nameOf(field ?? ['input']));
    if (code === 'BAD_USER_INPUT') wrong.push({ field, message });
    else userErrors.push({ code, field, message });
  }
  const [first] = wrong;
  if (first === undefined) return { id, userErrors };
  throw new BadUserInput(wrong.map(({ message }) => message).join(' '), {
    field: first.field ?? ['input'],
  });
}

/** @param prefix the argument that contains the provider's request; empty if its parts are arguments themselves */
export const toBadUserInput = <Reason extends Refusal>(
  refusal: Reason,
  explain: Explain<Reason>,
  prefix: readonly string[] = [],
) => new BadUserInput(explain(refusal, nameOf(pathOf(refusal.at ?? [], prefix)))[1]);

const pathOf = (at: Part, prefix: readonly string[]) => [...prefix, ...at.map(String)];

const nameOf = (path: readonly string[]) => path.join('.');
