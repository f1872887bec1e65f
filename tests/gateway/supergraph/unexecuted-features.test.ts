import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { gatewaySettings } from '../../../gateway/config.ts';
import { parseSettings, type Problems } from '../../../settings/settings.ts';
import { readSdl } from '../../subgraphs/open-subgraph.ts';
import { composeSupergraph } from '../../federation/compose-supergraph.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@override", "@context", "@fromContext", "@tag", "@cost", "@interfaceObject", "@authenticated"])\n`;

const folder = mkdtempSync(join(tmpdir(), 'unexecuted-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function problemsOf(sdl: string): Problems {
  const file = join(folder, 'supergraph.graphql');
  writeFileSync(file, sdl);
  const problems: Problems = [];
  parseSettings(gatewaySettings(SUBGRAPHS), { SUPERGRAPH: file }, problems);
  return problems;
}

const composed = (...subgraphs: string[]) =>
  composeSupergraph(subgraphs.map((sdl, index) => ({ name: `s${String(index)}`, sdl: LINK + sdl })))
    .sdl;

const A = 'type Query { a: A } type A @key(fields: "id") { id: ID! old: Int @shareable }';
const LABELLED = `type A @key(fields: "id") { id: ID! old: Int @override(from: "s0", label: "percent(5)") }`;
const CONTEXT = `type Query { u: U } type U @key(fields: "id") @context(name: "user") { id: ID! locale: String n: N }
  type N @key(fields: "id") { id: ID! text(locale: String @fromContext(field: "$user { locale }")): String }`;
const SUBSCRIPTIONS = 'subscriptions of a subgraph that is not built in and so sends no events';
const SHIPPED = SUBGRAPHS.map(({ name }) => ({ name, sdl: readSdl(name) }));
const SUBSCRIPTION = 'type Query { a: Int } type Subscription { ticks: Int }';

const refusal = (features: string) =>
  `SUPERGRAPH must use only what this server executes, but uses ${features}.`;

describe('a supergraph is refused when the server starts if it uses', () => {
  it.each([
    ['progressive @override', composed(A, LABELLED), 'progressive @override (A.old)'],
    ['@context', composed(CONTEXT, 'type N @key(fields: "id") { id: ID! }'), '@context (N.text)'],
    ['subscriptions', composed(SUBSCRIPTION), `${SUBSCRIPTIONS} (Subscription.ticks of s0)`],
    [
      'subscriptions under another name',
      composed(SUBSCRIPTION).replaceAll('Subscription', 'Live'),
      `${SUBSCRIPTIONS} (Live.ticks of s0)`,
    ],
    [
      'subscriptions of another subgraph beside those of the built-in ones',
      composeSupergraph([
        ...SHIPPED,
        { name: 'orders', sdl: `${LINK} type Subscription { orderPlaced: ID }` },
      ]).sdl,
      `${SUBSCRIPTIONS} (Subscription.orderPlaced of orders)`,
    ],
    [
      'connectors',
      withLink('https://specs.apollo.dev/connect/v0.2'),
      '@connect (https://specs.apollo.dev/connect)',
    ],
    [
      'a feature of somebody else that must be executed',
      withLink('https://example.com/specs/audit/v1.0'),
      '@audit (https://example.com/specs/audit)',
    ],
    [
      'several of these',
      composed(A, `${LABELLED} type Subscription { ticks: Int }`),
      `progressive @override (A.old) and ${SUBSCRIPTIONS} (Subscription.ticks of s1)`,
    ],
  ])('%s', (_what, sdl, features) => {
    expect(problemsOf(sdl)).toEqual([refusal(features)]);
  });
});

describe('a supergraph is served if it uses', () => {
  it.each([
    ['subscriptions of the built-in subgraphs', composeSupergraph(SHIPPED).sdl],
    ['an @override of all requests', composed(A, LABELLED.replace(', label: "percent(5)"', ''))],
    [
      '@tag, @cost and @authenticated',
      composed('type Query { a: Int @tag(name: "t") @cost(weight: 2) @authenticated }'),
    ],
    ['a feature that need not be executed', withLink('https://example.com/specs/audit/v1.0', '')],
  ])('%s', (_what, sdl) => {
    expect(problemsOf(sdl)).toEqual([]);
  });
});

/** A supergraph that links one more specification. */
function withLink(url: string, purpose = ', for: EXECUTION'): string {
  return composed(A).replace(/^schema\n/, `schema\n  @link(url: "${url}"${purpose})\n`);
}
