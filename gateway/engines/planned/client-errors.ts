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
import { leafPaths } from '../../supergraph/field-set.ts';
import type { Joins } from '../../supergraph/joins.ts';
import { clientName, plannedName } from './planning/planned-names.ts';
import { locatedError, type PlannedResponse } from './located-error.ts';
import type { Path } from '../../operation/errors-by-path.ts';
import { ownValue } from './running/own-value.ts';

/** The paths to the fields that a field requires of other subgraphs, by `Type.field`. */
export type Requirements = ReadonlyMap<string, readonly (readonly string[])[]>;

/** Finds all `@requires` of a supergraph. */
export function findRequirements({ types }: Joins): Requirements {
  const requirements = new Map<string, readonly (readonly string[])[]>();
  for (const type of types.values()) {
    for (const [field, { requires }] of type.fields) {
      const required = [...requires.values()].flatMap(leafPaths);
      if (required.length > 0) requirements.set(`${type.name}.${field}`, required);
    }
  }
  return requirements;
}

/**
 * Translates the errors of a plan to the client's response paths, at the fields that depend on a failed one. Sets these fields to null in
 * `answer`: a subgraph has computed them from a null that means a failure.
 */
export function clientErrors(
  errors: readonly GraphQLError[],
  paths: ClientPaths,
  response: PlannedResponse,
): GraphQLError[] {
  const placed = new Map<string, GraphQLError>();
  for (const error of errors) {
    for (const { path, unusable } of paths.of(error.path ?? [])) {
      if (unusable !== undefined) setNull(response.data, unusable);
      const key = JSON.stringify([path, error.extensions['code']]);
      if (!placed.has(key)) placed.set(key, locatedError(error, path, response));
    }
  }
  return [...placed.values()];
}

function setNull(data: object, path: Path): void {
  const holder = path
    .slice(0, -1)
    .reduce<unknown>(
      (value, key) =>
        typeof value === 'object' && value !== null ? ownValue(value, key) : undefined,
      data,
    );
  const name = path.at(-1);
  if (typeof holder === 'object' && holder !== null && name !== undefined)
    Object.assign(holder, { [name]: null });
}

interface ClientPath {
  readonly path: Path;
  /** For a field that requires a failed one: its path in the plan. */
  readonly unusable?: Path;
}

/** Translates a plan's paths to the client's. Each operation has one; it reads the selections at the first error. */
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

  /** @returns several paths if other fields require the failed one */
  of(planned: Path): readonly ClientPath[] {
    const path: (string | number)[] = [];
    const dependants: ClientPath[] = [];
    let place = (this.#root ??= rootPlace(this.#options));
    for (const [index, key] of planned.entries()) {
      if (typeof key === 'number') {
        path.push(key);
        continue;
      }
      const failed = planned.slice(index).filter((name) => typeof name === 'string');
      for (const field of place.dependants(failed)) {
        const unusable = [...planned.slice(0, index), plannedName(field)];
        dependants.push({ path: [...path, responseName(field)], unusable });
      }
      const below = place.below(key);
      if (below === undefined) return dependants.length > 0 ? dependants : [{ path }];
      path.push(clientName(key));
      place = below;
    }
    return [{ path }, ...dependants];
  }
}

interface Selected {
  /** The parent type, as the operation states it. */
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

/** A position in the response, with the fields selected there. */
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

  /** The position below a field; undefined if the client does not select it. */
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

  /** The fields that require another one, or its parent or child. @param path the path to that field from here */
  dependants(path: readonly string[]): FieldNode[] {
    const { requirements } = this.#options;
    const needs = (required: readonly string[]) =>
      required.every((name, index) => path[index] === undefined || path[index] === name);
    return [...this.#fields.values()]
      .flat()
      .filter(({ type, field }) => requirements.get(`${type}.${field.name.value}`)?.some(needs))
      .map(({ field }) => field);
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
