import type { Explanation } from '../user-errors.ts';
import type { CrmRefusal, PlainReason } from './refusal.ts';

/** What clients read of each refusal of a CRM. */
export function explainRefusal(refusal: CrmRefusal, name: string): Explanation {
  if (refusal.reason === 'NOT_FOUND') return ['NOT_FOUND', `The CRM has no ${refusal.kind} with the id that is named.`];
  if (refusal.reason !== 'VALUE_REFUSED') return SENTENCES[refusal.reason];
  const expected = EXPECTED[refusal.at?.join('.') ?? ''] ?? 'text that the CRM takes';
  return ['BAD_USER_INPUT', `${name} must be ${expected}, but got ${JSON.stringify(refusal.got.slice(0, MAX_QUOTED))}.`];
}

const SENTENCES: Readonly<Record<PlainReason, Explanation>> = {
  EMAIL_TAKEN: ['ALREADY_EXISTS', 'The CRM has a customer with this e-mail address already.'],
  STAGE_ONLY_MOVES_FORWARD: [
    'NOT_ALLOWED_NOW',
    'The lifecycle stage was left as it is, since it only moves forward; all else was changed. Clear it first.',
  ],
  UNKNOWN: ['UNKNOWN', 'The CRM has a rule against this that the graph does not know.'],
};

/** What a part of the changes has to be, where it is more than text. */
const EXPECTED: Readonly<Record<string, string>> = {
  email: 'an e-mail address that the CRM takes',
  phone: 'a phone number that the CRM takes',
  lifecycleStageId: 'the id of a lifecycle stage',
  'amount.amount': 'an amount that the CRM takes',
  'amount.currency': 'a currency that the CRM is set up for',
  stageId: "the id of a stage of the deal's pipeline",
  pipelineId: 'the id of a pipeline',
  closesOn: 'a day that the CRM takes',
  ownerId: 'the id of a user of the CRM',
};

/** Characters of what came. */
const MAX_QUOTED = 40;
