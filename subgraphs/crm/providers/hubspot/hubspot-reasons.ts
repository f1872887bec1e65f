import { BadUserInput } from '../../../../errors/coded-error.ts';
import type { UserError, UserErrorCode, WriteOutcome } from '../../domain.ts';
import type { PropertyChanges } from './hubspot-changes.ts';
import type { HubspotRefusal } from './hubspot-refusal.ts';

/** What clients are told of a write that HubSpot refused. */

export const written = (id: string): WriteOutcome => ({ id, userErrors: [] });

export const refused = (code: UserErrorCode, field: readonly string[] | null, message: string): WriteOutcome => ({
  id: null,
  userErrors: [userError(code, field, message)],
});

export const userError = (code: UserErrorCode, field: readonly string[] | null, message: string): UserError => ({
  code,
  field: field && ['input', ...field],
  message,
});

export const notFound = (what: string, ...field: readonly string[]) =>
  refused('NOT_FOUND', field, `The CRM has no ${what} with the id that is named.`);

export const emailIsTaken = () => refused('ALREADY_EXISTS', ['email'], 'The CRM has a customer with this e-mail address already.');

/** What a write said, as far as a refusal can be about it. */
export interface AskedWrite {
  readonly properties: PropertyChanges;
  readonly customerIds?: readonly string[];
}

/**
 * @throws BadUserInput for values that HubSpot does not take
 * @throws the refusal, where it says nothing that a client could have caused
 */
export function explainToClient(refusal: HubspotRefusal, { properties, customerIds = [] }: AskedWrite): WriteOutcome {
  const { status, invalidValues, missingRecords } = refusal;
  if (status === 409) return 'email' in properties ? emailIsTaken() : UNKNOWN;
  const [missing] = missingRecords;
  if (missing?.type === 'COMPANY') return notFound('company', 'companyId');
  if (missing?.type === 'CONTACT') {
    const index = customerIds.indexOf(missing.id);
    return notFound('customer', 'customerIds', ...(index === -1 ? [] : [String(index)]));
  }
  const [first] = invalidValues;
  if (first === undefined || invalidValues.some(({ code }) => OPERATORS_MATTERS.has(code ?? ''))) throw refusal;
  const problems = invalidValues.flatMap(({ property }) => describeProblem(property, properties[property] ?? '') ?? []);
  const [problem] = problems;
  // A rule of the account's own, such as a property that must be filled.
  if (problem === undefined) return UNKNOWN;
  throw new BadUserInput(problems.map(({ message }) => message).join(' '), { field: ['input', ...problem.field] });
}

const UNKNOWN = refused('UNKNOWN', null, 'The CRM has a rule against this that the graph does not know.');

const OPERATORS_MATTERS = new Set(['PROPERTY_DOESNT_EXIST', 'READ_ONLY_VALUE']);

function describeProblem(property: string, value: string): { field: readonly string[]; message: string } | undefined {
  const [name, expected] = INPUTS[property] ?? [];
  if (name === undefined) return undefined;
  return {
    field: name.split('.'),
    message: `input.${name} must be ${expected ?? 'text that the CRM takes'}, but got ${JSON.stringify(value.slice(0, 40))}.`,
  };
}

/** Where in the input a property comes from, and what it has to be. */
const INPUTS: Readonly<Record<string, readonly [name: string, expected?: string]>> = {
  firstname: ['firstName'],
  lastname: ['lastName'],
  email: ['email', 'an e-mail address that the CRM takes'],
  phone: ['phone', 'a phone number that the CRM takes'],
  jobtitle: ['jobTitle'],
  lifecyclestage: ['lifecycleStageId', 'the id of a lifecycle stage'],
  address: ['address.line1'],
  city: ['address.city'],
  state: ['address.region'],
  zip: ['address.postalCode'],
  country: ['address.country'],
  dealname: ['title'],
  amount: ['amount.amount', 'an amount that the CRM takes'],
  deal_currency_code: ['amount.currency', 'a currency that the CRM is set up for'],
  dealstage: ['stageId', "the id of a stage of the deal's pipeline"],
  pipeline: ['pipelineId', 'the id of a pipeline'],
  closedate: ['closesOn', 'a day that the CRM takes'],
  hubspot_owner_id: ['ownerId', 'the id of a user of the CRM'],
};
