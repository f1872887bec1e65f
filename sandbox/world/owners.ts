import { createRandom } from './random.ts';
import { timesOf } from './times.ts';
import type { WorldOwner } from './world-records.ts';

/** The sales people who own deals, in order of creation. */
export function buildOwners(): WorldOwner[] {
  const random = createRandom(3);
  return OWNERS.map(([firstName, lastName, mailbox], key) => ({
    key,
    firstName,
    lastName,
    email: `${mailbox}@tributary.example`,
    ...timesOf(key, OWNERS.length, random),
  }));
}

const OWNERS: readonly (readonly [string, string, string])[] = [
  ['Imani', 'Brooks', 'imani.brooks'],
  ['Rafael', 'Núñez', 'rafael.nunez'],
  ['Saoirse', 'Kelly', 'saoirse.kelly'],
  ['Tobias', 'Schäfer', 'tobias.schaefer'],
  ['Hye-jin', 'Kang', 'hyejin.kang'],
  ['Clémence', 'Roux', 'clemence.roux'],
];
