import type { Explanation } from '../writes/user-errors.ts';
import type { CrmRefusal, PlainReason } from './refusal.ts';

/** The user error of each refusal of a CRM. */
export function explainRefusal(refusal: CrmRefusal, name: string): Explanation {
  if (refusal.reason === 'NOT_FOUND')
    return ['NOT_FOUND', `The CRM has no ${refusal.kind} with this id.`];
  if (refusal.reason === 'REQUIRED')
    return ['UNKNOWN', `${name} is required by a rule of the CRM account.`];
  if (refusal.reason === 'READ_ONLY')
    return ['UNKNOWN', `${name} cannot be set: the CRM fills it in itself.`];
  if (refusal.reason !== 'VALUE_REFUSED') return SENTENCES[refusal.reason];
  const expected = EXPECTED[refusal.at?.join('.') ?? ''] ?? 'a value that the CRM accepts';
  return [
    'BAD_USER_INPUT',
    `${name} must be ${expected}, but got ${JSON.stringify(refusal.got.slice(0, MAX_QUOTED))}.`,
  ];
}

const SENTENCES: Readonly<Record<PlainReason, Explanation>> = {
  EMAIL_TAKEN: ['ALREADY_EXISTS', 'The CRM already has a customer with this e-mail address.'],
  STAGE_ONLY_MOVES_FORWARD: [
    'NOT_ALLOWED_NOW',
    'The lifecycle stage was not changed, because it only moves forward; all other fields were updated. To move it back, clear it first.',
  ],
  UNKNOWN: ['UNKNOWN', 'The CRM refused the mutation for a reason that this graph does not know.'],
};

/** The expected value of an input field that has a format. */
const EXPECTED: Readonly<Record<string, string>> = {
  email: 'an e-mail address that the CRM accepts',
  phone: 'a phone number that the CRM accepts',
  lifecycleStageId: 'the id of a lifecycle stage',
  domain: 'a web domain that the CRM accepts',
  industry: "one of the CRM's industries",
  'amount.amount': 'an amount that the CRM accepts',
  'amount.currency': 'a currency that is enabled in the CRM',
  stageId: "the id of a stage of the deal's pipeline",
  pipelineId: 'the id of a pipeline',
  closesOn: 'a date that the CRM accepts',
  ownerId: 'the id of a CRM user',
};

/** Maximum length of a quoted value in characters. */
const MAX_QUOTED = 40;
