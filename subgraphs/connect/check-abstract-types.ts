import type { Report } from './report.ts';
import type { Connector } from './connector-file.ts';
import type { ObjectTypes } from './object-types.ts';
import { abstractPlaces } from './selection-fields.ts';

/** Checks that a selection sets the `__typename` of objects of a union or an interface. */
export function checkAbstractTypes(
  connector: Connector,
  types: ObjectTypes,
  refuse: Report['refuse'],
): void {
  for (const { type, path, members, isUnnamed } of abstractPlaces(connector, types)) {
    const place = path.filter((name) => !name.startsWith('...')).join('.');
    const where = place === '' ? '' : ` at ${place}`;
    const example = `one of ${[...members].join(', ')}`;
    if (isUnnamed)
      refuse(
        'WRONG_TYPE',
        'selection',
        `must give __typename${where}, ${example}: ${type} has several types`,
      );
  }
}
