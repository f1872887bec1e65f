import type { SandboxVendorResponse } from '../sandbox-vendor.ts';
import { errorAnswer } from './hubspot-responses.ts';
import { SINGULAR, type ObjectType } from './hubspot-ids.ts';
import type { Values } from './hubspot-validation.ts';

/** What this account's administrators require: a deal that is won has an amount. */
const RULES: readonly {
  readonly type: ObjectType;
  readonly property: string;
  readonly value: string;
  readonly requires: string;
}[] = [{ type: 'deals', property: 'dealstage', value: 'closedwon', requires: 'amount' }];

/** The refusal of a write that sets a property which makes another one necessary, or clears that one. */
export function refusalOfMissing(
  type: ObjectType,
  values: Values,
  after: Values,
  action: 'creating' | 'updating',
): SandboxVendorResponse | undefined {
  const missing = RULES.filter(
    (rule) =>
      rule.type === type &&
      (rule.property in values || rule.requires in values) &&
      after[rule.property] === rule.value &&
      (after[rule.requires] ?? '') === '',
  ).map(({ requires }) => requires);
  if (missing.length === 0) return undefined;
  // Seen at other types: https://github.com/PipedreamHQ/pipedream/issues/12366
  return errorAnswer(
    400,
    `Error ${action} ${SINGULAR[type].toUpperCase()}. Some required properties were not set.`,
    'VALIDATION_ERROR',
    { context: { properties: missing } },
  );
}
