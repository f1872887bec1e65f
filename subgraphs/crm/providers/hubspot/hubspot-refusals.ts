import { UpstreamError, type UpstreamErrorCode } from '../../../../upstream/upstream-error.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';
import type { CustomField } from '../../../extensions/custom-fields.ts';
import type { Part } from '../../../writes/refusal.ts';
import type { RecordKind } from '../../domain.ts';
import type { CrmRefusal, CrmWriteResult } from '../../refusal.ts';
import {
  type WireBatchError,
  wireError,
  type WireError,
  wireInvalidValues,
  type WireLinkWrite,
} from './hubspot-wire.ts';
import { CRM } from '../../service.ts';

/** Interprets a refusal whose body, or HubSpot-specific status, says more than the HTTP status. */
export function explainRefusal({
  status,
  headers,
  body,
}: UpstreamResponse): UpstreamError | UpstreamErrorCode | undefined {
  if (status < 400) return undefined;
  if (TEMPORARY.has(status)) return 'UPSTREAM_UNAVAILABLE';
  const error = safeParseWire(wireError, body).data;
  const { category, policyName } = error ?? {};
  const code = status === 429 ? 'UPSTREAM_RATE_LIMITED' : codeOfCategory(category);
  if (code === undefined && error !== undefined && REASONED.has(status))
    return new HubspotRefusal(status, error);
  if (code !== 'UPSTREAM_RATE_LIMITED' || headers['retry-after'] !== undefined) return code;
  return new UpstreamError(code, CRM, {
    status,
    retryAfter: SECONDS_OF_POLICY[policyName ?? ''],
    ...(policyName === 'DAILY' && { retryAdvice: false }),
  });
}

/** @returns undefined if the record does not exist, or has no link */
export function explainBatchError({ category }: WireBatchError): UpstreamError | undefined {
  if (category === 'OBJECT_NOT_FOUND') return undefined;
  return new UpstreamError(codeOfCategory(category) ?? 'UPSTREAM_REJECTED', CRM);
}

/** Temporarily locked, and being moved to another data centre: https://developers.hubspot.com/docs/api-reference/error-handling */
const TEMPORARY = new Set([423, 477]);

/** Statuses with a reason in the body. */
const REASONED = new Set([400, 404, 409]);

/**
 * Seconds until an exhausted limit is available again; these responses have no `Retry-After`. The daily limit lasts until midnight in the
 * account's
 * time zone, which responses do not contain: in some zone it is midnight at each quarter of an hour.
 * https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
 */
const SECONDS_OF_POLICY: Readonly<Record<string, number>> = {
  SECONDLY: 1,
  TEN_SECONDLY_ROLLING: 10,
  DAILY: 900,
};

function codeOfCategory(category: string | undefined): UpstreamErrorCode | undefined {
  return CODES_OF_CATEGORY[category ?? ''];
}

const CODES_OF_CATEGORY: Readonly<Record<string, UpstreamErrorCode>> = {
  RATE_LIMITS: 'UPSTREAM_RATE_LIMITED',
  INVALID_AUTHENTICATION: 'UPSTREAM_AUTH',
  EXPIRED_AUTHENTICATION: 'UPSTREAM_AUTH',
  MISSING_SCOPES: 'UPSTREAM_AUTH',
};

/** HubSpot refused a request as invalid, with reasons. Its texts stay here: they contain properties and ids of other records. */
export class HubspotRefusal extends UpstreamError {
  /** The properties with refused values. */
  readonly invalidValues: readonly InvalidValue[];
  /** The records in the request that do not exist. */
  readonly missingRecords: readonly MissingRecord[];

  constructor(status: number, error: WireError) {
    // For the log.
    super('UPSTREAM_REJECTED', CRM, {
      status,
      cause: new Error(`HubSpot answered ${error.category ?? 'no category'}.`),
    });
    this.invalidValues = readInvalidValues(error);
    this.missingRecords = readMissingRecords(error);
  }
}

interface InvalidValue {
  readonly property: string;
  /** `INVALID_OPTION` */
  readonly code: string | undefined;
}

interface MissingRecord {
  readonly type: 'CONTACT' | 'COMPANY';
  readonly id: string;
}

/**
 * Some responses list invalid values, others contain them as JSON in their message: `Property values were not valid:
 * [{"name":"email",...}]`. Missing
 * properties are named next to the message: https://github.com/PipedreamHQ/pipedream/issues/12366
 */
function readInvalidValues({
  errors = [],
  context,
  message = '',
}: WireError): readonly InvalidValue[] {
  const named = [...errors, { code: undefined, context }].flatMap((error) =>
    (error.context?.['propertyName'] ?? error.context?.['properties'] ?? []).map((property) => ({
      property,
      code: error.code,
    })),
  );
  if (named.length > 0) return named;
  const written = safeParseWire(wireInvalidValues, parseList(message)).data ?? [];
  return written.map(({ name, error }) => ({ property: name, code: error }));
}

function parseList(message: string): unknown {
  try {
    return JSON.parse(message.slice(message.indexOf('[')));
  } catch {
    return undefined;
  }
}

/** `CONTACT=1 is not valid`, in the list of errors or next to it: https://github.com/HubSpot/hubspot-api-nodejs/issues/646 */
function readMissingRecords({
  errors = [],
  context,
}: Pick<WireError, 'errors' | 'context'>): readonly MissingRecord[] {
  const texts = [
    ...errors.map(({ message }) => message ?? ''),
    ...(context?.['INVALID_OBJECT_IDS'] ?? []),
  ];
  return texts.flatMap((text) => {
    const { type, id = '' } =
      /^(?<type>CONTACT|COMPANY)=(?<id>\d+) is not valid/.exec(text)?.groups ?? {};
    return type === 'CONTACT' || type === 'COMPANY' ? [{ type, id }] : [];
  });
}

/** Results of writes, in the domain's terms. */

export const written = (id: string): CrmWriteResult => ({ id, refusals: [] });

const refused = (...refusals: readonly CrmRefusal[]): CrmWriteResult => ({ id: null, refusals });

export const notFound = (kind: RecordKind, ...at: Part) =>
  refused({ reason: 'NOT_FOUND', at, kind });

export const emailTaken = () => refused({ reason: 'EMAIL_TAKEN', at: ['email'] });

/** The parts of a write that a refusal can concern. */
export interface RequestedWrite {
  /** The values to set, by HubSpot's property names. */
  readonly properties: Readonly<Record<string, string>>;
  readonly customerIds?: readonly string[];
  /** The custom fields of the record type. @default none */
  readonly customFields?: readonly CustomField[];
}

/** @throws the refusal, if a client cannot have caused it */
export function toResult(
  refusal: HubspotRefusal,
  { properties, customerIds = [], customFields = [] }: RequestedWrite,
): CrmWriteResult {
  const { status, invalidValues, missingRecords } = refusal;
  if (status === 409) return 'email' in properties ? emailTaken() : UNKNOWN;
  const [missing] = missingRecords;
  if (missing?.type === 'COMPANY') return notFound('company', 'companyId');
  if (missing?.type === 'CONTACT') {
    const index = customerIds.indexOf(missing.id);
    return notFound('customer', 'customerIds', ...(index === -1 ? [] : [index]));
  }
  const custom = new Map(customFields.map(({ property, inputName }) => [property, [inputName]]));
  const isOperators = ({ property, code }: InvalidValue) =>
    code === MISSING_PROPERTY || (code === READ_ONLY && !custom.has(property));
  if (invalidValues.length === 0 || invalidValues.some(isOperators)) throw refusal;
  const values = invalidValues.flatMap(({ property, code }): CrmRefusal[] => {
    // An account chooses the names of its own properties, such as `constructor`.
    const at =
      custom.get(property) ?? (Object.hasOwn(PARTS, property) ? PARTS[property] : undefined);
    if (at === undefined) return [];
    const got = properties[property] ?? '';
    if (code === READ_ONLY) return [{ reason: 'READ_ONLY', at }];
    // A missing value is not invalid: a rule of the account requires it.
    return got === '' ? [required(at)] : [{ reason: 'VALUE_REFUSED', at, got }];
  });
  return values.length === 0 ? UNKNOWN : refused(...values);
}

/**
 * The result of linking or unlinking a contact and a company: HubSpot returns 207 if it failed.
 * @returns null on success
 * @throws UpstreamError if the client cannot have caused the failure
 */
export function refusalOfLink({
  numErrors = 0,
  errors = [],
}: WireLinkWrite = {}): CrmWriteResult | null {
  if (numErrors === 0 && errors.length === 0) return null;
  for (const { category } of errors) {
    const code = codeOfCategory(category);
    if (code !== undefined) throw new UpstreamError(code, CRM);
  }
  const [missing] = readMissingRecords({ errors });
  if (missing === undefined) return UNKNOWN;
  return missing.type === 'COMPANY' ? notFound('company', 'companyId') : notFound('customer', 'id');
}

/** `amount` is one field, with its currency. */
const required = (at: Part): CrmRefusal => ({
  reason: 'REQUIRED',
  at: at[0] === 'amount' ? ['amount'] : at,
});

/** A rule of the account, such as a required property. */
const UNKNOWN = refused({ reason: 'UNKNOWN', at: null });

const MISSING_PROPERTY = 'PROPERTY_DOESNT_EXIST';
const READ_ONLY = 'READ_ONLY_VALUE';

/** The input field of each property. */
const PARTS: Readonly<Record<string, Part>> = {
  firstname: ['firstName'],
  lastname: ['lastName'],
  email: ['email'],
  phone: ['phone'],
  jobtitle: ['jobTitle'],
  lifecyclestage: ['lifecycleStageId'],
  name: ['name'],
  domain: ['domain'],
  industry: ['industry'],
  address: ['address', 'line1'],
  address2: ['address', 'line2'],
  city: ['address', 'city'],
  state: ['address', 'region'],
  zip: ['address', 'postalCode'],
  country: ['address', 'country'],
  dealname: ['title'],
  amount: ['amount', 'amount'],
  deal_currency_code: ['amount', 'currency'],
  dealstage: ['stageId'],
  pipeline: ['pipelineId'],
  closedate: ['closesOn'],
  hubspot_owner_id: ['ownerId'],
};
