const { existsSync, readdirSync } = require('node:fs');

const rule = (name, from, to) => ({ name, severity: 'error', from, to });

const PRODUCTION =
  '^(bin|errors|events|gateway|monitoring|request|settings|state|subgraphs|upstream)/';

/** What a request passes, from the socket to the vendor: each folder may import those below it in this list, never one above. */
const LAYERS = [
  ['bin', '^bin/'],
  ['gateway', '^gateway/[^/]+$'],
  ['connector tests', '^gateway/connector-tests/'],
  ['composition', '^gateway/composition/'],
  ['audiences', '^gateway/audiences/'],
  ['graphql', '^gateway/graphql/'],
  ['server', '^gateway/server/'],
  ['engines', '^gateway/engines/'],
  ['access and admission', '^gateway/(access|admission)/'],
  ['supergraph and operation', '^gateway/(supergraph|operation)/'],
  ['subgraphs', '^subgraphs/'],
  ['monitoring', '^monitoring/'],
  ['upstream', '^upstream/'],
  ['events', '^events/'],
  ['state', '^state/'],
  ['request, settings and errors', '^(request|settings|errors)/'],
];
const layerRules = LAYERS.slice(1).map(([name, path], index) =>
  rule(
    `layer-${name.replaceAll(/[ ,]+/g, '-')}-imports-nothing-above`,
    { path },
    { path: LAYERS.slice(0, index + 1).map(([, above]) => above) },
  ),
);

/** Any of the built-in subgraphs' folders: those with a manifest. */
const SUBGRAPH = `^subgraphs/(${readdirSync('subgraphs')
  .filter((name) => existsSync(`subgraphs/${name}/subgraph.ts`))
  .join('|')})/`;

module.exports = {
  forbidden: [
    rule('no-circular', {}, { circular: true }),
    ...layerRules,
    rule(
      'nothing-of-the-product-knows-the-programs',
      { path: PRODUCTION, pathNot: '^bin/' },
      { path: '^bin/' },
    ),
    rule(
      'subgraphs-know-no-other-subgraph',
      { path: SUBGRAPH },
      { path: SUBGRAPH, pathNot: '^subgraphs/$1/' },
    ),
    rule(
      'what-all-subgraphs-share-knows-none',
      { path: '^subgraphs/', pathNot: SUBGRAPH },
      { path: SUBGRAPH },
    ),
    rule(
      'mapping-language-knows-itself-alone',
      { path: '^subgraphs/connect/mapping/' },
      { pathNot: '^subgraphs/connect/mapping/' },
    ),
    rule(
      'gateway-knows-no-subgraph',
      { path: '^(events|gateway|monitoring|request|upstream)/' },
      { path: SUBGRAPH },
    ),
    rule(
      'supergraph-reader-knows-graphql-alone',
      { path: '^gateway/supergraph/' },
      { pathNot: '^gateway/supergraph/|node_modules/graphql/' },
    ),
    rule(
      'server-knows-no-graphql',
      { path: '^gateway/server/' },
      { path: 'node_modules/(graphql|@graphql-tools|@apollo)/' },
    ),
    rule(
      'upstream-knows-no-graphql',
      { path: '^(upstream|events|errors|settings|request|state)/' },
      { path: 'node_modules/(graphql|@graphql-tools)/' },
    ),
    rule(
      'engines-are-islands',
      { path: '^gateway/engines/([^/]+)/' },
      { path: '^gateway/engines/[^/]+/', pathNot: '^gateway/engines/$1/' },
    ),
    rule(
      'vendors-are-islands',
      { path: '/providers/([^/]+)/' },
      { path: '/providers/', pathNot: '/providers/$1/' },
    ),
    // A provider refuses in domain terms; the subgraph words what clients read.
    rule(
      'vendors-word-no-errors',
      { path: '^subgraphs/.*/providers/' },
      { path: '(^|/)(user-errors|inputs)\\.ts$|/__generated__/' },
    ),
    rule('wire-stays-home', { pathNot: '/providers/' }, { path: '-wire\\.ts$' }),
    rule(
      'only-upstream-opens-sockets-to-vendors',
      {
        path: '^(gateway|subgraphs|errors|settings|request)/',
        pathNot:
          '^gateway/engines/planned/|^gateway/server/(node-server|trusted-proxies|request-host)\\.ts$|^request/network-address\\.ts$',
      },
      {
        path: '^(undici|(node:)?(http|https|net))$|node_modules/undici/',
        dependencyTypesNot: ['type-only'],
      },
    ),
    rule(
      'apollo-gateway-stays-in-the-planned-engine',
      { path: PRODUCTION, pathNot: '^gateway/engines/planned/' },
      { path: 'node_modules/@apollo/(gateway|query-planner|server-gateway-interface)/' },
    ),
    // The playground opens with the example operations; a program starts the sandbox.
    rule(
      'production-knows-no-tests',
      { path: PRODUCTION, pathNot: '^bin/sandbox\\.ts$' },
      { path: '^(tests|sandbox|bench|examples)/', pathNot: '^examples/operations/' },
    ),
    rule(
      'sandbox-knows-no-adapter',
      { path: '^sandbox/' },
      { path: '^(gateway|subgraphs|upstream|tests)/' },
    ),
    rule(
      'no-dev-dependencies',
      { path: PRODUCTION, pathNot: '^gateway/playground/' },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    exclude: { path: '^dist/' },
  },
};
