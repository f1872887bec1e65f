import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { DocumentLimits } from './document-limits.ts';

/** Why a document is refused without validation. */
export type DocumentProblem =
  | { readonly exceeded: Exclude<keyof DocumentLimits, 'tokens'> }
  /** A fragment that spreads itself, directly or through others. */
  | { readonly circular: string };

/**
 * Decides whether a document is too large for validation: some rules compare all fields with each other, and fragments that spread others twice
 * expand a few lines to a thousand fields. The duration is bounded by the limits for any document.
 * @returns undefined if it is within the limits
 */
export function findProblem(
  { definitions }: DocumentNode,
  limits: DocumentLimits,
): DocumentProblem | undefined {
  const fragments = definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  const walk = new DocumentWalk(
    new Map(fragments.map((fragment) => [fragment.name.value, fragment])),
    limits,
  );
  try {
    for (const definition of definitions) {
      if (definition.kind === Kind.OPERATION_DEFINITION)
        walk.visitOperation(definition.selectionSet, countDirectives(definition));
    }
    // Validation reads unused fragments, too, before it refuses them.
    for (const fragment of fragments)
      if (!walk.used.has(fragment.name.value)) walk.visitFragment(fragment);
    return undefined;
  } catch (error) {
    if (error instanceof ProblemFound) return error.problem;
    throw error;
  }
}

class ProblemFound extends Error {
  readonly problem: DocumentProblem;

  constructor(problem: DocumentProblem) {
    super('The document has a flaw.');
    this.problem = problem;
  }
}

interface Annotated {
  readonly directives?: readonly unknown[] | undefined;
  readonly variableDefinitions?: readonly Annotated[] | undefined;
}

const countDirectives = ({ directives = [], variableDefinitions = [] }: Annotated): number =>
  directives.length +
  variableDefinitions.reduce((sum, variable) => sum + countDirectives(variable), 0);

/** A selection set and its context. */
interface Reached {
  readonly set: SelectionSetNode;
  /** The number of enclosing selection sets and fragments, with itself. */
  readonly depth: number;
  readonly within: OpenFragment | undefined;
}

interface OpenFragment {
  readonly name: string;
  readonly within: OpenFragment | undefined;
}

type Counted = Exclude<keyof DocumentLimits, 'tokens' | 'depth'>;

class DocumentWalk {
  readonly used = new Set<string>();
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #limits: DocumentLimits;
  readonly #counts: Record<Counted, number> = {
    selections: 0,
    aliases: 0,
    rootFields: 0,
    directives: 0,
    repetitions: 0,
  };

  constructor(fragments: ReadonlyMap<string, FragmentDefinitionNode>, limits: DocumentLimits) {
    this.#fragments = fragments;
    this.#limits = limits;
  }

  visitOperation(set: SelectionSetNode, directives: number): void {
    this.#count('directives', directives);
    const fields = this.#visitPlace([{ set, depth: 1, within: undefined }]);
    this.#count('rootFields', fields);
  }

  visitFragment({
    name: { value: name },
    selectionSet: set,
    ...fragment
  }: FragmentDefinitionNode): void {
    this.#count('directives', countDirectives(fragment));
    this.#visitPlace([{ set, depth: 1, within: { name, within: undefined } }]);
  }

  /**
   * @param reached all selections at one response position, where fields of the same name are merged
   * @returns the number of fields before merging
   */
  #visitPlace(reached: readonly Reached[]): number {
    const fields = new Map<string, ReachedField[]>();
    let count = 0;
    for (const each of reached) count += this.#collect(each, fields);
    for (const same of fields.values()) {
      const below = same.flatMap(({ field: { selectionSet: set }, depth, within }) =>
        set ? [{ set, depth: depth + 1, within }] : [],
      );
      if (below.length > 0) this.#visitPlace(below);
    }
    return count;
  }

  #collect({ set, depth, within }: Reached, fields: Map<string, ReachedField[]>): number {
    if (depth > this.#limits.depth) throw new ProblemFound({ exceeded: 'depth' });
    let count = 0;
    for (const selection of set.selections) {
      this.#count('selections', 1);
      this.#count('directives', countDirectives(selection));
      if (selection.kind === Kind.FIELD) {
        this.#addField({ field: selection, depth, within }, fields);
        count += 1;
      } else {
        const fragment = this.#enter(selection, depth, within);
        if (fragment !== undefined) count += this.#collect(fragment, fields);
      }
    }
    return count;
  }

  #addField(reached: ReachedField, fields: Map<string, ReachedField[]>): void {
    const { alias, name } = reached.field;
    if (alias !== undefined) this.#count('aliases', 1);
    const same = fields.get((alias ?? name).value) ?? [];
    this.#count('repetitions', same.length);
    same.push(reached);
    fields.set((alias ?? name).value, same);
  }

  #enter(
    selection: Exclude<SelectionNode, FieldNode>,
    depth: number,
    within: OpenFragment | undefined,
  ): Reached | undefined {
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return { set: selection.selectionSet, depth: depth + 1, within };
    const name = selection.name.value;
    if (isWithin(name, within)) throw new ProblemFound({ circular: name });
    const fragment = this.#fragments.get(name);
    if (fragment === undefined) return undefined;
    this.used.add(name);
    this.#count('directives', countDirectives(fragment));
    return { set: fragment.selectionSet, depth: depth + 1, within: { name, within } };
  }

  #count(what: Counted, more: number): void {
    this.#counts[what] += more;
    if (this.#counts[what] > this.#limits[what]) throw new ProblemFound({ exceeded: what });
  }
}

interface ReachedField extends Omit<Reached, 'set'> {
  readonly field: FieldNode;
}

function isWithin(name: string, fragment: OpenFragment | undefined): boolean {
  for (let open = fragment; open !== undefined; open = open.within)
    if (open.name === name) return true;
  return false;
}
