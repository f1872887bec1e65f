import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import type { FetchNode } from '../planning/plan.ts';
import type { Data } from './run.ts';

/** What a fetch selects, whatever the types, by the names in its data; undefined for what has nothing below it. */
type Selected = Map<string, Selected | undefined>;

/**
 * Removes from a service's answer what was not asked for: merged into an object, it would stand for fields of other subgraphs, such as the key
 * by which others are read.
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
    // A cast: an object that is no list, out of JSON.
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
