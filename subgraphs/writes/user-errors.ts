import { BadUserInput } from '../../errors/coded-error.ts';
import type { Part, Refusal, WriteResult } from './refusal.ts';

/** What came of a write, for clients. It is kept for a day, and so holds nothing of a person but an id. */
export interface WriteOutcome {
  /** The id of the record that was written; null where none was. */
  readonly id: string | null;
  readonly userErrors: readonly UserError[];
}

/** A business rule's reason why something was not done. */
export interface UserError {
  readonly code: UserErrorCode;
  /** The part of the input that it is about, from `input` on; null where it is about the whole. */
  readonly field: readonly string[] | null;
  readonly message: string;
}

export type UserErrorCode =
  'NOT_FOUND' | 'ALREADY_EXISTS' | 'ALREADY_DONE' | 'NOT_ALLOWED_NOW' | 'DECLINED' | 'UNKNOWN';

/**
 * What a refusal means: a user error, or input that can never be carried out.
 * @param name the part that it is about, as clients write it: `input.lines.1.quantity`
 */
export type Explain<Reason extends Refusal> = (refusal: Reason, name: string) => Explanation;

export type Explanation = readonly [code: UserErrorCode | 'BAD_USER_INPUT', message: string];

/**
 * Turns the refusals of a write into user errors.
 * @throws BadUserInput with all that is wrong with the input, where anything is
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

/** @param prefix the argument that the provider's request was made of; none where its parts are arguments themselves. */
export const toBadUserInput = <Reason extends Refusal>(
  refusal: Reason,
  explain: Explain<Reason>,
  prefix: readonly string[] = [],
) => new BadUserInput(explain(refusal, nameOf(pathOf(refusal.at ?? [], prefix)))[1]);

const pathOf = (at: Part, prefix: readonly string[]) => [...prefix, ...at.map(String)];

const nameOf = (path: readonly string[]) => path.join('.');
