import { isComplete } from '../../../supergraph/field-set.ts';
import type { Requirement } from '../planning/plan.ts';
import { merge } from './merge.ts';
import { ownValue } from './own-value.ts';
import type { Data, Run } from './run.ts';
import { isOfType } from './type-conditions.ts';

/** A representation; or the object that lacks a required value or has a null in its key. */
export type Representation = { readonly value: Data } | { readonly incomplete: Data };

type RepresentedRun = Pick<Run, 'schema' | 'absent'>;

export function representationOf(
  run: RepresentedRun,
  entity: Data,
  requirements: readonly Requirement[],
): Representation {
  const { schema } = run;
  const value: Data = {};
  for (const requirement of requirements) {
    if (requirement.kind === 'Fragment') {
      if (requirement.type !== undefined && !isOfType(schema, entity, requirement.type)) continue;
      const part = representationOf(run, entity, requirement.selections);
      if ('incomplete' in part) return part;
      const { keys = [] } = requirement;
      if (keys.length > 0 && !keys.some((key) => isComplete(part.value, key))) {
        run.absent.add(entity);
        return { incomplete: entity };
      }
      merge(run, value, part.value);
      continue;
    }
    const field = ownValue(entity, requirement.from);
    if (field === undefined) return { incomplete: entity };
    const part =
      requirement.selections === undefined
        ? { value: field }
        : partOf(run, field, requirement.selections);
    if ('incomplete' in part) return part;
    value[requirement.to] = part.value;
  }
  return { value };
}

/** A part that a subgraph does not know is null, as in the response; the rest of the representation remains valid. */
function partOf(
  run: RepresentedRun,
  value: unknown,
  selections: readonly Requirement[],
): { value: unknown } | { incomplete: Data } {
  if (typeof value !== 'object' || value === null) return { value };
  if (!Array.isArray(value)) {
    // The cast is safe: an object from JSON that is not a list.
    const part = representationOf(run, value as Data, selections);
    return 'incomplete' in part && run.absent.has(part.incomplete) ? { value: null } : part;
  }
  const items: unknown[] = [];
  for (const item of value) {
    const part = partOf(run, item, selections);
    if ('incomplete' in part) return part;
    items.push(part.value);
  }
  return { value: items };
}
