import {
  type FieldNode,
  getNamedType,
  type GraphQLError,
  type GraphQLSchema,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { OperationWithoutConditions } from '../../operation/operation-without-conditions.ts';
import { fieldNames } from '../../supergraph/field-set.ts';
import type { Joins } from '../../supergraph/joins.ts';
import { clientName, plannedName } from './planning/planned-names.ts';
import { locatedError, type PlannedResponse } from './located-error.ts';
import type { Path } from '../../operation/errors-by-path.ts';

/** Names of the fields that a field needs of other subgraphs, by `Type.field`. */
export type Requirements = ReadonlyMap<string, ReadonlySet<string>>;

/** Finds all `@requires` of a supergraph. */
export function findRequirements({ types }: Joins): Requirements {
  const requirements = new Map<string, ReadonlySet<string>>();
  for (const type of types.values()) {
    for (const [field, { requires }] of type.fields) {
      const required = [...requires.values()].flatMap(fieldNames);
      if (required.length > 0) requirements.set(`${type.name}.${field}`, new Set(required));
    }
  }
  return requirements;
}

/**
 * The errors of a plan as its client knows the places: by its own names, and those of fields that only the planner asked
 * for at the fields that need them.
 */
export function clientErrors(
  errors: readonly GraphQLError[],
  paths: ClientPaths,
  answer: PlannedResponse,
): GraphQLError[] {
  const placed = new Map<string, GraphQLError>();
  for (const error of errors) {
    for (const path of paths.of(error.path ?? [])) {
      const key = JSON.stringify([path, error.extensions['code']]);
      if (!placed.has(key)) placed.set(key, locatedError(error, path, answer));
    }
  }
  return [...placed.values()];
}

/** The client's paths for those of a plan. An operation has one of these, which reads each of its places when the first error is there. */
export class ClientPaths {
  readonly #options: PlaceOptions;
  #root: Place | undefined;

  constructor(
    schema: GraphQLSchema,
    withoutConditions: OperationWithoutConditions,
    requirements: Requirements,
  ) {
    this.#options = { schema, withoutConditions, requirements };
  }

  /** @returns several where several fields need the one that failed */
  of(planned: Path): Path[] {
    const path: (string | number)[] = [];
    let place = (this.#root ??= rootPlace(this.#options));
    for (const key of planned) {
      if (typeof key === 'number') {
        path.push(key);
        continue;
      }
      const below = place.below(key);
      if (below === undefined) {
        const dependants = place.dependants(key);
        return dependants.length > 0 ? dependants.map((name) => [...path, name]) : [path];
      }
      path.push(clientName(key));
      place = below;
    }
    return [path];
  }
}

interface Selected {
  /** The type that has it, as far as the operation says. */
  readonly type: string;
  readonly field: FieldNode;
}

interface PlaceOptions {
  readonly schema: GraphQLSchema;
  readonly withoutConditions: OperationWithoutConditions;
  readonly requirements: Requirements;
}

function rootPlace(options: PlaceOptions): Place {
  const { schema, withoutConditions } = options;
  const { operation, selectionSet } = withoutConditions.operation;
  return new Place(
    options,
    selectedIn(selectionSet, schema.getRootType(operation)?.name ?? '', withoutConditions),
  );
}

/** A place of the response, with the fields selected there. */
class Place {
  readonly #options: PlaceOptions;
  readonly #fields: ReadonlyMap<string, readonly Selected[]>;
  readonly #below = new Map<string, Place>();

  constructor(options: PlaceOptions, fields: readonly Selected[]) {
    this.#options = options;
    const byName = new Map<string, Selected[]>();
    for (const selected of fields) {
      const name = plannedName(selected.field);
      const known = byName.get(name);
      if (known === undefined) byName.set(name, [selected]);
      else known.push(selected);
    }
    this.#fields = byName;
  }

  /** The place below a field; undefined if the client does not select it. */
  below(name: string): Place | undefined {
    const known = this.#below.get(name);
    const fields = this.#fields.get(name);
    if (known !== undefined || fields === undefined) return known;
    const { schema, withoutConditions } = this.#options;
    const selected = fields.flatMap(({ type, field }) =>
      field.selectionSet
        ? selectedIn(
            field.selectionSet,
            typeNameOf(schema, type, field.name.value),
            withoutConditions,
          )
        : [],
    );
    const below = new Place(this.#options, selected);
    this.#below.set(name, below);
    return below;
  }

  /** The response names of the fields that need another field. */
  dependants(name: string): string[] {
    const { requirements } = this.#options;
    const fields = [...this.#fields.values()].flat();
    return fields
      .filter(({ type, field }) => requirements.get(`${type}.${field.name.value}`)?.has(name))
      .map(({ field }) => responseName(field));
  }
}

function typeNameOf(schema: GraphQLSchema, parent: string, field: string): string {
  const type = schema.getType(parent);
  if (!isObjectType(type) && !isInterfaceType(type)) return '';
  const found = type.getFields()[field];
  return found === undefined ? '' : getNamedType(found.type).name;
}

const responseName = (field: FieldNode) => (field.alias ?? field.name).value;

function selectedIn(
  { selections }: SelectionSetNode,
  type: string,
  { fragments }: Pick<OperationWithoutConditions, 'fragments'>,
): Selected[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FIELD) return [{ type, field: selection }];
    const fragment =
      selection.kind === Kind.INLINE_FRAGMENT ? selection : fragments.get(selection.name.value);
    return fragment === undefined
      ? []
      : selectedIn(fragment.selectionSet, fragment.typeCondition?.name.value ?? type, {
          fragments,
        });
  });
}
