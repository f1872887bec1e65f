import { describe, expect, it } from '@jest/globals';
import { parse, print } from 'graphql';
import { buildApiDocument } from '../../../gateway/supergraph/api-document.ts';

const apiOf = (sdl: string) => print(buildApiDocument(parse(sdl))).replace(/\s+/g, ' ');

const LINK = '@link(url: "https://specs.apollo.dev/link/v1.0")';

describe('what clients see of a supergraph has', () => {
  it.each([
    [
      'the join',
      `${LINK} @link(url: "https://specs.apollo.dev/join/v0.5", for: EXECUTION)`,
      'link',
      'join',
    ],
    [
      'a join under an alias',
      `${LINK} @link(url: "https://specs.apollo.dev/join/v0.3", as: "j")`,
      'link',
      'j',
    ],
    [
      'a join of Federation 1',
      '@core(feature: "https://specs.apollo.dev/core/v0.1") @core(feature: "https://specs.apollo.dev/join/v0.1")',
      'core',
      'join',
    ],
  ])('nothing of %s', (_what, links, link, join) => {
    const sdl = `schema ${links} { query: Query }
      directive @${link}(for: ${link}__Purpose) on SCHEMA
      enum ${link}__Purpose { EXECUTION }
      directive @${join}__type(graph: ${join}__Graph!) on OBJECT
      enum ${join}__Graph { A @${join}__graph(name: "a") }
      type Query @${join}__type(graph: A) { a: Int @deprecated }`;
    expect(apiOf(sdl)).toBe('schema { query: Query } type Query { a: Int @deprecated }');
  });

  it.each([
    [
      '@inaccessible',
      `${LINK} @link(url: "https://specs.apollo.dev/inaccessible/v0.2", for: SECURITY)`,
      '@inaccessible',
    ],
    [
      '@inaccessible under an alias',
      `${LINK} @link(url: "https://specs.apollo.dev/inaccessible/v0.2", as: "hidden")`,
      '@hidden',
    ],
    [
      '@inaccessible by an import under an alias',
      `${LINK} @link(url: "https://specs.apollo.dev/inaccessible/v0.2", import: [{ name: "@inaccessible", as: "@hidden" }])`,
      '@hidden',
    ],
    ['@inaccessible that is not linked', '', '@inaccessible'],
  ])('nothing that is %s', (_what, links, hidden) => {
    const sdl = `schema ${links} { query: Query }
      type Query implements I & J { a(b: Int, c: Int = 1 ${hidden}): U d: Int ${hidden} }
      interface I { a: U }
      interface J ${hidden} { a: U }
      union U = A | B
      type A { e: E }
      type B ${hidden} { e: E }
      enum E { X Y ${hidden} }
      input F { g: Int h: Int ${hidden} }`;
    expect(apiOf(sdl)).toBe(
      'schema { query: Query } type Query implements I { a(b: Int): U } interface I { a: U } union U = A type A { e: E } enum E { X } input F { g: Int }',
    );
  });

  it('nothing of specifications of other hosts, imports included', () => {
    const link =
      '@link(url: "https://specs.example.com/notes/v1.0", import: ["@note", { name: "Level", as: "NoteLevel" }])';
    const sdl = `schema ${LINK} ${link} { query: Query }
      directive @note(level: NoteLevel) on FIELD_DEFINITION
      directive @notes__more on FIELD_DEFINITION
      enum NoteLevel { HIGH }
      type Query { a: Int @note(level: HIGH) b: Level @notes__more }
      enum Level { LOW }`;
    expect(apiOf(sdl)).toBe(
      'schema { query: Query } type Query { a: Int b: Level } enum Level { LOW }',
    );
  });
});
