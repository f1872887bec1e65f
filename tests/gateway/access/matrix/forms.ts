import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { TYPE_NAME } from './expected.ts';

/** Each object tells its type too, so that no object is refused for want of anything that may be seen of it. */
export const withTypeNames = (operation: OperationDefinitionNode): OperationDefinitionNode =>
  visit(operation, {
    SelectionSet: { leave: (set) => ({ ...set, selections: [TYPE_NAME, ...set.selections] }) },
  });

export const underOtherNames = (operation: OperationDefinitionNode): OperationDefinitionNode =>
  visit(operation, {
    Field: (field) => ({
      ...field,
      alias: { kind: Kind.NAME, value: `other_${(field.alias ?? field.name).value}` },
    }),
  });

export const inInlineFragments = (
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
): string =>
  print(
    wrapSets(operation, schema, (set, type) => ({
      kind: Kind.SELECTION_SET,
      selections: [
        { kind: Kind.INLINE_FRAGMENT, typeCondition: typeNamed(type), selectionSet: set },
      ],
    })),
  );

export function inNamedFragments(
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
): string {
  const fragments: FragmentDefinitionNode[] = [];
  const document = wrapSets(operation, schema, (set, type) => {
    const name = { kind: Kind.NAME, value: `Fragment${String(fragments.length)}` } as const;
    fragments.push({
      kind: Kind.FRAGMENT_DEFINITION,
      name,
      typeCondition: typeNamed(type),
      selectionSet: set,
    });
    return { kind: Kind.SELECTION_SET, selections: [{ kind: Kind.FRAGMENT_SPREAD, name }] };
  });
  return print({ kind: Kind.DOCUMENT, definitions: [document, ...fragments] });
}

/** All is included by a variable; beside each field is one that is left out, and must not be told of. */
export function withVariables(operation: OperationDefinitionNode): string {
  const changed: OperationDefinitionNode = visit(operation, {
    SelectionSet: {
      leave: (set) => ({
        ...set,
        selections: set.selections.flatMap((field) =>
          field.kind === Kind.FIELD ? withConditions(field) : [],
        ),
      }),
    },
  });
  const text = print({
    ...changed,
    variableDefinitions: [...(operation.variableDefinitions ?? []), boolean('yes'), boolean('no')],
  });
  // A document has at most 100,000 characters.
  return stripIgnoredCharacters(text);
}

function withConditions(field: FieldNode): FieldNode[] {
  const included = { ...field, directives: [when('include', 'yes'), when('skip', 'no')] };
  if (field.selectionSet !== undefined) return [included];
  const alias = { kind: Kind.NAME, value: `without_${(field.alias ?? field.name).value}` } as const;
  return [included, { ...field, alias, directives: [when('include', 'no')] }];
}

const variable = (name: string) =>
  ({ kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } }) as const;

const boolean = (name: string) =>
  ({
    kind: Kind.VARIABLE_DEFINITION,
    variable: variable(name),
    type: { kind: Kind.NON_NULL_TYPE, type: typeNamed('Boolean') },
  }) as const;

const when = (directive: 'include' | 'skip', by: string): DirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: directive },
  arguments: [{ kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'if' }, value: variable(by) }],
});

const typeNamed = (name: string) =>
  ({ kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } }) as const;

function wrapSets(
  operation: OperationDefinitionNode,
  schema: GraphQLSchema,
  wrap: (set: SelectionSetNode, type: string) => SelectionSetNode,
): OperationDefinitionNode {
  const types = new TypeInfo(schema);
  const visitor = {
    SelectionSet: {
      leave: (set: SelectionSetNode) => wrap(set, types.getParentType()?.name ?? ''),
    },
  };
  return visit(operation, visitWithTypeInfo(types, visitor));
}
