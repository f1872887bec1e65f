import { expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { describeSchemaChange } from '../../gateway/schema-change.ts';

const BEFORE = 'type Query { a: Int b(id: ID): Int c: E } enum E { X } input I { x: Int }';

it.each([
  [BEFORE, 'same schema'],
  [BEFORE.replace('a: Int', 'a: Int d: Int'), '+1 field'],
  [BEFORE.replace('a: Int', ''), '-1 field'],
  [BEFORE.replace('x: Int', 'x: Int y: Int').replace('a: Int', 'd: Int'), '+2 fields, -1 field'],
  [BEFORE.replace('(id: ID)', '(id: ID!)').replace('x: Int', 'x: ID'), '2 fields changed'],
  [BEFORE.replace('{ X }', '{ X Y }'), 'other types changed'],
])('%s differs by: %s', (after, change) => {
  expect(describeSchemaChange(buildSchema(BEFORE), buildSchema(after))).toBe(change);
});
