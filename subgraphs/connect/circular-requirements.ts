import type { Connector } from './connector-file.ts';
import { fieldsNeeded } from './provided-fields.ts';
import type { Report } from './report.ts';
import type { SelectedObject } from './selected-objects.ts';

type Selected = ReadonlyMap<Connector, readonly SelectedObject[]>;

/**
 * Refuses connectors with circular requirements: one uses `$this.b`, where `b` is only provided by a connector that uses `$this.a`, and so
 * on back
 * to the first. Starts from connectors that need nothing of a parent and adds those that they make possible, until none is added.
 * @param isKnown whether a field can be known without a connector: a key, or a field of another subgraph
 */
export function checkCircularRequirements(
  selected: Selected,
  isKnown: (type: string, field: string) => boolean,
  reportOf: (connector: Connector) => Report,
): void {
  const waiting = new Set(selected.keys());
  const available = new Set<string>();
  const isAvailable = (type: string, field: string) =>
    available.has(`${type}.*`) || available.has(`${type}.${field}`) || isKnown(type, field);
  const isReady = (connector: Connector) =>
    fieldsNeeded(connector).every((field) => isAvailable(typeOf(connector), field));
  for (let added = true; added;) {
    added = false;
    for (const connector of waiting) {
      if (!isReady(connector)) continue;
      for (const field of fieldsOf(connector, selected)) available.add(field);
      waiting.delete(connector);
      added = true;
    }
  }
  for (const connector of waiting) {
    const cycle = cycleFrom(connector, waiting, selected, isAvailable);
    if (cycle === undefined) continue;
    reportOf(connector).refuse(
      'CIRCULAR_REQUIREMENT',
      `http.${connector.request.method}`,
      `can never be called: ${cycle}`,
    );
  }
}

const typeOf = ({ type, field, entity }: Connector) =>
  field === undefined ? (entity?.type ?? type) : type;

/** `Customer.orders`; `Customer.*` if the selection does not determine its fields. */
function fieldsOf(connector: Connector, selected: Selected): readonly string[] {
  const { type, field } = connector;
  const own = field === undefined ? [] : [`${type}.${field}`];
  const objects = (selected.get(connector) ?? []).flatMap((object) =>
    object.fields === undefined
      ? [`${object.type}.*`]
      : [...object.fields].map((name) => `${object.type}.${name}`),
  );
  return [...own, ...objects];
}

/** @returns `A.x needs A.y, which A.y2 gives, ...`; undefined for one that only depends on a cycle of others */
function cycleFrom(
  first: Connector,
  waiting: ReadonlySet<Connector>,
  selected: Selected,
  isAvailable: (type: string, field: string) => boolean,
): string | undefined {
  const needsOf = (connector: Connector) =>
    fieldsNeeded(connector)
      .filter((field) => !isAvailable(typeOf(connector), field))
      .map((field) => `${typeOf(connector)}.${field}`);
  const connectorsFor = (need: string) =>
    [...waiting].filter((one) => {
      const provided = fieldsOf(one, selected);
      return provided.includes(need) || provided.includes(need.replace(/\..*/, '.*'));
    });
  // Finds the shortest cycle.
  const paths: (readonly [Connector, string])[] = [[first, '']];
  const seen = new Set<Connector>();
  for (const [connector, text] of paths)
    for (const need of needsOf(connector))
      for (const other of connectorsFor(need)) {
        const path = `${text}${nameOf(connector)} needs ${need}, which ${nameOf(other)} gives`;
        if (other === first) return path;
        if (seen.has(other)) continue;
        seen.add(other);
        paths.push([other, `${path}; `]);
      }
  return undefined;
}

const nameOf = ({ field, type, name }: Connector) =>
  field === undefined ? `the connector of ${type}` : name;
