import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import type { FetchNode } from '../planning/plan.ts';
import type { Data } from './run.ts';

/** The selections of a fetch by response name, for all types together; undefined for leaves. */
type Selected = Map<string, Selected | undefined>;

/**
 * Removes unselected fields from a service's response. Merged into an object, they would replace fields of other subgraphs, for example
 * a key.
 */
export function removeUnselected(fetch: FetchNode, data: Data): void {
  const known = selectedBy.get(fetch) ?? readSelected(parse(fetch.operation, { noLocation: true }));
  selectedBy.set(fetch, known);
  const open: [unknown, Selected][] = [[data, known]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, selected] = next;
    if (typeof value !== 'object' || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) open.push([item, selected]);
      continue;
    }
    // The cast is safe: an object from JSON that is not a list.
    const object = value as Data;
    for (const name of Object.keys(object)) {
      const below = selected.get(name);
      if (!selected.has(name) && name !== '__typename') Reflect.deleteProperty(object, name);
      else if (below !== undefined) open.push([object[name], below]);
    }
  }
}

const selectedBy = new WeakMap<FetchNode, Selected>();

function readSelected({ definitions }: DocumentNode): Selected {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of definitions)
    if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const selected: Selected = new Map();
  const add = ({ selections }: SelectionSetNode, to: Selected): void => {
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD) {
        const set =
          selection.kind === Kind.INLINE_FRAGMENT
            ? selection.selectionSet
            : fragments.get(selection.name.value)?.selectionSet;
        if (set !== undefined) add(set, to);
        continue;
      }
      const name = (selection.alias ?? selection.name).value;
      const below = selection.selectionSet && (to.get(name) ?? (new Map() as Selected));
      to.set(name, below);
      if (selection.selectionSet !== undefined && below !== undefined)
        add(selection.selectionSet, below);
    }
  };
  for (const node of definitions)
    if (node.kind === Kind.OPERATION_DEFINITION) add(node.selectionSet, selected);
  return selected;
}
