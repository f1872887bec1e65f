import {
  type DocumentNode,
  type FormattedExecutionResult,
  Kind,
  parse,
  print,
  visit,
} from 'graphql';

/** An answer as two ways of execution must agree on it: values, and errors as a set of code and path. */
export interface Comparable {
  readonly data: unknown;
  readonly errors: readonly string[];
}

/**
 * Apollo's gateway reports a null where none may be in `extensions.valueCompletion` only, which is a missing error: the rule of
 * the design counts it as one. Where a null takes its parent along, engines differ in how many of the fields below they still
 * report: an error counts at the place that became null.
 */
export function comparable({
  data,
  errors = [],
  extensions,
}: FormattedExecutionResult): Comparable {
  const completion = (extensions?.['valueCompletion'] ?? []) as readonly { readonly path?: Path }[];
  const at = (path: Path = []) => path.slice(0, lengthToNull(data, path)).join('.');
  const places = [
    ...errors.map(
      ({ path, extensions: { code } = {} }) =>
        `${typeof code === 'string' ? code : 'uncoded'} ${at(path)}`,
    ),
    ...completion.map(({ path }) => `uncoded ${at(path)}`),
  ];
  return { data: data ?? null, errors: [...new Set(places)].sort() };
}

type Path = readonly (string | number)[];

function lengthToNull(data: unknown, path: Path): number {
  let value = data;
  for (const [index, key] of path.entries()) {
    if (typeof value !== 'object' || value === null) return index;
    value = (value as Readonly<Record<string | number, unknown>>)[key];
  }
  return path.length;
}

/**
 * The operation with its conditions decided. Apollo's gateway answers silent nulls where a field with `@requires` is under
 * `@include` or `@skip` beside a field with other requirements; without conditions it is right.
 */
export function applyConditions(
  query: string,
  variables: Readonly<Record<string, unknown>>,
): string {
  const document: DocumentNode = parse(query);
  const decided = visit(document, {
    enter: (node) => {
      if (!('directives' in node)) return undefined;
      for (const { name, arguments: args = [] } of node.directives ?? []) {
        const value = args[0]?.value;
        const condition =
          value?.kind === Kind.VARIABLE
            ? variables[value.name.value] === true
            : value?.kind === Kind.BOOLEAN && value.value;
        if (name.value === (condition ? 'skip' : 'include')) return null;
      }
      return undefined;
    },
    Directive: () => null,
  });
  return withoutUnusedVariables(withoutUnusedFragments(print(decided)));
}

function withoutUnusedVariables(query: string): string {
  const document = parse(query);
  const used = new Set<string>();
  visit(document, {
    VariableDefinition: () => false,
    Variable: ({ name }) => void used.add(name.value),
  });
  return print(
    visit(document, {
      VariableDefinition: ({ variable }) => (used.has(variable.name.value) ? undefined : null),
    }),
  );
}

/** A fragment that only a left-out selection spread would make the operation invalid. */
function withoutUnusedFragments(query: string): string {
  const document = parse(query);
  const used = new Set<string>();
  visit(document, { FragmentSpread: (node) => void used.add(node.name.value) });
  const reduced = visit(document, {
    FragmentDefinition: (node) => (used.has(node.name.value) ? undefined : null),
  });
  const text = print(reduced);
  return reduced.definitions.length === document.definitions.length
    ? text
    : withoutUnusedFragments(text);
}
