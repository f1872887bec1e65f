import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { Links } from '../../../gateway/supergraph/links.ts';

const COST = 'https://specs.apollo.dev/cost/v0.1';
const FEDERATION = 'https://specs.apollo.dev/federation/v2.9';

const linksOf = (...directives: readonly string[]) =>
  new Links(parse(`schema ${directives.join(' ')} { query: Query }`));

describe('the name of a directive in a document', () => {
  it.each([
    [
      'is its own where its specification has the same name',
      `@link(url: "${COST}")`,
      '@cost',
      ['cost'],
    ],
    [
      'has the name of its specification before it otherwise',
      `@link(url: "${COST}")`,
      '@listSize',
      ['cost__listSize'],
    ],
    [
      'is the alias of a specification of the same name',
      `@link(url: "${COST}", as: "price")`,
      '@cost',
      ['price'],
    ],
    [
      'has the alias of its specification before it',
      `@link(url: "${COST}", as: "price")`,
      '@listSize',
      ['price__listSize'],
    ],
    [
      'can be imported as it is',
      `@link(url: "${COST}", import: ["@listSize"])`,
      '@listSize',
      ['cost__listSize', 'listSize'],
    ],
    [
      'can be imported under an alias',
      `@link(url: "${COST}", import: [{ name: "@listSize", as: "@size" }])`,
      '@listSize',
      ['cost__listSize', 'size'],
    ],
    [
      'can be imported under an alias from a specification of the same name',
      `@link(url: "${COST}", import: [{ name: "@cost", as: "@weight" }])`,
      '@cost',
      ['cost', 'weight'],
    ],
    [
      'can be imported by an object without an alias',
      `@link(url: "${COST}", import: [{ name: "@listSize" }])`,
      '@listSize',
      ['cost__listSize', 'listSize'],
    ],
    ['can be of Federation', `@link(url: "${FEDERATION}")`, '@listSize', ['federation__listSize']],
    [
      'can be of Federation under an alias',
      `@link(url: "${FEDERATION}", as: "fed")`,
      '@cost',
      ['fed__cost'],
    ],
    [
      'does not depend on the version',
      '@link(url: "https://specs.apollo.dev/cost/v12.34")',
      '@cost',
      ['cost'],
    ],
    [
      'does not depend on the purpose of the link',
      `@link(url: "${COST}", for: SECURITY)`,
      '@cost',
      ['cost'],
    ],
    [
      'does not depend on other arguments of the link',
      `@link(url: "${COST}", config: { mode: "x" }, as: "c")`,
      '@cost',
      ['c'],
    ],
    [
      'does not depend on a query or fragment of the URL',
      `@link(url: "${COST}?mode=x#@cost")`,
      '@cost',
      ['cost'],
    ],
    [
      'does not depend on a slash at the end of the URL',
      `@link(url: "${COST}/")`,
      '@cost',
      ['cost'],
    ],
  ])('%s', (_rule, link, element, names) => {
    expect(linksOf(link).linkedNamesOf(element, 'cost', 'federation')).toEqual(names);
  });

  it('can be several at a time', () => {
    const links = linksOf(
      `@link(url: "${COST}", as: "a")`,
      `@link(url: "${FEDERATION}", import: [{ name: "@cost", as: "@b" }])`,
    );
    expect(links.namesOf('@cost', 'cost', 'federation')).toEqual(['a', 'federation__cost', 'b']);
  });

  it('is the standard one where no link is there, but none is linked', () => {
    const links = linksOf();
    expect(links.namesOf('@cost', 'cost', 'federation')).toEqual(['cost']);
    expect(links.namesOf('@listSize', 'cost', 'federation')).toEqual(['cost__listSize']);
    expect(links.linkedNamesOf('@cost', 'cost', 'federation')).toEqual([]);
  });

  it.each([
    ['another host', 'https://specs.example.com/cost/v0.1'],
    ['another protocol', 'http://specs.apollo.dev/cost/v0.1'],
    ['another path', 'https://specs.apollo.dev/more/cost/v0.1'],
    ['a longer name', 'https://specs.apollo.dev/costs/v0.1'],
    ['no URL', 'cost/v0.1'],
    ['no path', 'https://specs.apollo.dev'],
  ])('is not linked by %s', (_case, url) => {
    expect(linksOf(`@link(url: "${url}", as: "c")`).linkedNamesOf('@cost', 'cost')).toEqual([]);
  });

  it('is found in extensions of the schema too', () => {
    const links = new Links(
      parse(
        `extend schema @link(url: "${COST}", as: "a") extend schema @link(url: "${FEDERATION}", as: "b")`,
      ),
    );
    expect(links.namesOf('@cost', 'cost', 'federation')).toEqual(['a', 'b__cost']);
  });
});

it('a type has the name of its specification before its own', () => {
  const links = linksOf(
    '@link(url: "https://specs.apollo.dev/join/v0.5", as: "j", import: ["FieldSet"])',
  );
  expect(links.namesOf('Graph', 'join')).toEqual(['j__Graph']);
  expect(links.namesOf('FieldSet', 'join')).toEqual(['j__FieldSet', 'FieldSet']);
});

describe('the directive that links specifications', () => {
  it.each([
    ['can have an alias', '@use(url: "https://specs.apollo.dev/link/v1.0", as: "use")'],
    [
      'can be imported under an alias',
      '@use(url: "https://specs.apollo.dev/link/v1.0", import: [{ name: "@link", as: "@use" }])',
    ],
  ])('%s', (_rule, link) => {
    expect(linksOf(link, `@use(url: "${COST}", as: "c")`).namesOf('@cost', 'cost')).toEqual(['c']);
  });

  it('is @core in supergraphs of Federation 1', () => {
    const links = linksOf(
      '@core(feature: "https://specs.apollo.dev/core/v0.1")',
      `@core(feature: "${COST}", as: "c")`,
    );
    expect(links.namesOf('@cost', 'cost')).toEqual(['c']);
  });

  it('is no other directive that has a URL', () => {
    expect(linksOf(`@other(url: "${COST}", as: "c")`).all).toEqual([]);
  });
});

it('elements of a linked specification, on any host, are distinguished from elements of the graph', () => {
  const links = linksOf(
    '@link(url: "https://specs.apollo.dev/link/v1.0")',
    '@link(url: "https://specs.example.com/notes/v1.0", as: "n", import: ["@note", { name: "Level", as: "NoteLevel" }])',
  );
  const names = [
    'link',
    'link__Purpose',
    'n',
    'n__Other',
    'note',
    'NoteLevel',
    'notes',
    'Level',
    'nothing',
    'link_Purpose',
  ];
  expect(names.filter((name) => links.isLinked(name))).toEqual([
    'link',
    'link__Purpose',
    'n',
    'n__Other',
    'note',
    'NoteLevel',
  ]);
});
