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
  const given = new Set<string>();
  const isThere = (type: string, field: string) =>
    given.has(`${type}.*`) || given.has(`${type}.${field}`) || isKnown(type, field);
  const isReady = (connector: Connector) =>
    fieldsNeeded(connector).every((field) => isThere(typeOf(connector), field));
  for (let added = true; added;) {
    added = false;
    for (const connector of waiting) {
      if (!isReady(connector)) continue;
      for (const field of givenBy(connector, selected)) given.add(field);
      waiting.delete(connector);
      added = true;
    }
  }
  for (const connector of waiting) {
    const cycle = cycleFrom(connector, waiting, selected, isThere);
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
function givenBy(connector: Connector, selected: Selected): readonly string[] {
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
  isThere: (type: string, field: string) => boolean,
): string | undefined {
  const needsOf = (connector: Connector) =>
    fieldsNeeded(connector)
      .filter((field) => !isThere(typeOf(connector), field))
      .map((field) => `${typeOf(connector)}.${field}`);
  const giversOf = (need: string) =>
    [...waiting].filter((one) => {
      const given = givenBy(one, selected);
      return given.includes(need) || given.includes(need.replace(/\..*/, '.*'));
    });
  // Finds the shortest cycle.
  const ways: (readonly [Connector, string])[] = [[first, '']];
  const seen = new Set<Connector>();
  for (const [connector, text] of ways)
    for (const need of needsOf(connector))
      for (const giver of giversOf(need)) {
        const way = `${text}${nameOf(connector)} needs ${need}, which ${nameOf(giver)} gives`;
        if (giver === first) return way;
        if (seen.has(giver)) continue;
        seen.add(giver);
        ways.push([giver, `${way}; `]);
      }
  return undefined;
}

const nameOf = ({ field, type, name }: Connector) =>
  field === undefined ? `the connector of ${type}` : name;
