import type { Caller } from '../../../request/caller.ts';
import type { Condition } from '../../supergraph/access-rules.ts';

/**
 * The operator's function that returns the policies that a caller meets.
 * @param policies the distinct policies of the operation
 */
export type DecidePolicies = (
  caller: Caller,
  policies: readonly string[],
) => Iterable<string> | Promise<Iterable<string>>;

/** @returns the conditions that the caller does not meet. `decide` is called once, and only if there are policies. */
export async function unmetConditions(
  conditions: readonly Condition[],
  caller: Caller,
  decide: DecidePolicies | undefined,
): Promise<readonly Condition[]> {
  const policies = [
    ...new Set(
      conditions.flatMap((condition) =>
        condition.kind === 'policies' ? condition.anyOf.flat() : [],
      ),
    ),
  ];
  const granted = new Set(policies.length === 0 ? [] : await decide?.(caller, policies));
  return conditions.filter((condition) => !isMet(condition, caller, granted));
}

function isMet(
  condition: Condition,
  { isAuthenticated, scopes }: Caller,
  policies: ReadonlySet<string>,
): boolean {
  if (scopes === 'all') return true;
  if (condition.kind === 'authenticated') return isAuthenticated;
  const held = condition.kind === 'scopes' ? scopes : policies;
  return condition.anyOf.some((names) => names.every((name) => held.has(name)));
}
