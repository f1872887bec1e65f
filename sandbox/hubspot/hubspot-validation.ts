import type { SandboxVendorResponse } from '../sandbox-vendor.ts';
import type { World } from '../world/world.ts';
import { errorAnswer } from './hubspot-responses.ts';
import { findCustomProperty } from './hubspot-custom-properties.ts';
import { ownerId, PORTAL_ID, type ObjectType } from './hubspot-ids.ts';
import { industriesOf } from './hubspot-records.ts';
import { dealStage, pipelineIds, stageIds } from './hubspot-pipelines.ts';
import { isReadOnly, LIFECYCLE_STAGES, propertyType } from './hubspot-properties.ts';

export type Values = Readonly<Record<string, string | null>>;

/**
 * The refusal of values that HubSpot would not take, all of them in one answer; undefined where it takes them. `known` names the type's
 * properties, and `after` is the record as it would be.
 */
export function refusalOfValues(
  type: ObjectType,
  values: Values,
  known: ReadonlySet<string>,
  after: Values,
  world: World,
) {
  const problems = Object.entries(values).flatMap(([name, value]) => {
    const problem = known.has(name)
      ? problemOf(type, name, value, after, world)
      : ([`Property "${name}" does not exist`, MISSING] as const);
    return problem === undefined ? [] : [{ name, value, message: problem[0], code: problem[1] }];
  });
  return problems.length === 0 ? undefined : invalidValues(problems);
}

const MISSING = 'PROPERTY_DOESNT_EXIST';

type Problem = readonly [message: string, code: string];

/** Messages and codes as they were seen in HubSpot's answers, or after their example where none was seen. */
function problemOf(
  type: ObjectType,
  name: string,
  value: string | null,
  after: Values,
  world: World,
): Problem | undefined {
  if (isReadOnly(name))
    return [`"${name}" is a read only property; its value cannot be set.`, 'READ_ONLY_VALUE'];
  if (value === null) return undefined;
  switch (name) {
    case 'email':
      return EMAIL.test(value) ? undefined : [`Email address ${value} is invalid`, 'INVALID_EMAIL'];
    case 'lifecyclestage':
      return optionProblem(
        value,
        LIFECYCLE_STAGES.map((stage) => stage.value),
      );
    case 'industry':
      return optionProblem(value, industriesOf(world));
    case 'pipeline':
      return type === 'deals' ? optionProblem(value, pipelineIds()) : undefined;
    case 'dealstage':
      // A stage is one of the deal's pipeline, and no matter of its own where that is unknown.
      if (!pipelineIds().includes(after['pipeline'] ?? '')) return undefined;
      return dealStage(after['pipeline'] ?? '', value)
        ? undefined
        : optionProblem(value, stageIds(after['pipeline'] ?? ''));
    case 'hubspot_owner_id':
      return ownerProblem(value, world);
  }
  const { fieldType, isOwner, options } = findCustomProperty(type, name) ?? {};
  if (isOwner === true) return ownerProblem(value, world);
  if (options !== undefined) {
    const chosen = fieldType === 'checkbox' ? value.split(';') : [value];
    const allowed = options.map((option) => option.value);
    return chosen
      .map((one) => optionProblem(one, allowed))
      .find((problem) => problem !== undefined);
  }
  switch (propertyType(name)) {
    case 'number':
      return /^-?\d{1,15}(\.\d{1,10})?$/.test(value)
        ? undefined
        : [`${value} was not a valid number.`, 'INVALID_INTEGER'];
    case 'date':
      return dateProblem(value);
    case 'datetime':
      return isTime(value) ? undefined : [`${value} was not a valid long.`, 'INVALID_LONG'];
    case 'bool':
    case 'enumeration':
    case 'string':
      return undefined;
  }
}

function ownerProblem(value: string, { owners }: World): Problem | undefined {
  if (!/^\d{1,10}$/.test(value))
    return [`${value} was not a valid integer (for owner ID).`, 'INVALID_INTEGER'];
  return owners.some(({ key }) => ownerId(key) === value)
    ? undefined
    : [`Owner ${value} does not exist`, 'INVALID_OWNER_ID'];
}

/** A date in milliseconds has to be midnight in UTC. */
function dateProblem(value: string): Problem | undefined {
  if (!isTime(value)) return [`${value} was not a valid long.`, 'INVALID_LONG'];
  const time = toTime(value);
  return time.getTime() % MS_PER_DAY === 0
    ? undefined
    : [
        `${value} is at ${String(time.getUTCHours())}:${String(time.getUTCMinutes())}:${String(time.getUTCSeconds())}.${String(time.getUTCMilliseconds())} UTC, not midnight!`,
        'INVALID_DATE',
      ];
}

const MS_PER_DAY = 86_400_000;

const toTime = (value: string) => new Date(/^-?\d+$/.test(value) ? Number(value) : value);

/** Values as HubSpot stores them: dates and times of custom properties become ISO 8601 text, regardless of the written form. */
export const toStored = (type: ObjectType, values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => {
      const { type: kind } = findCustomProperty(type, name) ?? {};
      if (value === null || (kind !== 'date' && kind !== 'datetime')) return [name, value];
      const text = toTime(value).toISOString();
      return [name, kind === 'date' ? text.slice(0, 10) : text];
    }),
  );

/** Not RFC 5322: HubSpot requires one @, a domain with a dot, and no quotes or blanks. */
const EMAIL = /^[^\s@"]+@[^\s@".]+(\.[^\s@".]+)*\.\p{L}{2,}$/u;

const optionProblem = (value: string, options: readonly string[]): Problem | undefined =>
  options.includes(value)
    ? undefined
    : [`${value} was not one of the allowed options: [${options.join(', ')}]`, 'INVALID_OPTION'];

/** Milliseconds since 1970, or ISO 8601. */
const isTime = (value: string) =>
  /^-?\d{1,15}$/.test(value) ||
  (/^\d{4}-\d{2}-\d{2}/.test(value) && !Number.isNaN(Date.parse(value)));

/** The same twice: as JSON within the message, and as a list of errors. */
function invalidValues(
  problems: readonly { name: string; value: string | null; message: string; code: string }[],
): SandboxVendorResponse {
  const listed = problems.map(({ name, value, message, code }) => ({
    isValid: false,
    message,
    error: code,
    name,
    localizedErrorMessage: message,
    ...(code === MISSING ? {} : { propertyValue: value }),
    portalId: PORTAL_ID,
  }));
  const errors = problems.map(({ name, message, code }) => ({
    message,
    code,
    context: { propertyName: [name] },
  }));
  return errorAnswer(
    400,
    `Property values were not valid: ${JSON.stringify(listed)}`,
    'VALIDATION_ERROR',
    { errors },
  );
}
