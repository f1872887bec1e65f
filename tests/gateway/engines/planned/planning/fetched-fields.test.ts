import { describe, expect, it } from '@jest/globals';
import { readFetchedFields } from '../../../../../gateway/engines/planned/planning/fetched-fields.ts';
import type { Fetch } from '../../../../../gateway/engines/planned/planning/plan.ts';

const fetch = (operation: string, options: Partial<Fetch> = {}): Fetch => ({
  kind: 'Fetch',
  service: 'shop',
  operation,
  isMutation: false,
  variables: [],
  requires: undefined,
  inputRewrites: [],
  outputRewrites: [],
  ...options,
});

describe('the fields of a fetch', () => {
  it('of a root are its root fields by response names, without __typename', () => {
    expect(readFetchedFields(fetch('{ __typename a: thing { id } b }'))).toEqual([
      { name: 'a', types: [] },
      { name: 'b', types: [] },
    ]);
  });

  it('of entities have the types that they are selected of, in fragments and fragments within them', () => {
    const operation = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Item { name ...Weighed } ... on Crate { name name } } } fragment Weighed on Crate { weight }`;
    expect(readFetchedFields(fetch(operation, { requires: [] }))).toEqual([
      { name: 'name', types: ['Item'] },
      { name: 'weight', types: ['Item', 'Crate'] },
      { name: 'name', types: ['Crate'] },
    ]);
  });

  it('have the names of the fetched data, also if a rewrite renames them', () => {
    const renamed: Partial<Fetch> = {
      requires: [],
      outputRewrites: [
        { kind: 'KeyRenamer', path: ['... on Crate', 'size__alias_0'], renameKeyTo: 'size' },
      ],
    };
    const operation = '{ _entities { ... on Crate { size__alias_0: size } } }';
    expect(readFetchedFields(fetch(operation, renamed))).toEqual([
      { name: 'size', types: ['Crate'] },
    ]);
  });
});
