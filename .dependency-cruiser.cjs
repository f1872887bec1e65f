const rule = (name, from, to) => ({ name, severity: 'error', from, to });

const PRODUCTION = '^(access|configuration|errors|gateway|http|limits|monitoring|operation|state|subgraphs|upstream)/';

module.exports = {
  forbidden: [
    rule('no-circular', {}, { circular: true }),
    rule('nothing-knows-the-programs', { pathNot: '^bin/' }, { path: '^bin/' }),
    rule('subgraphs-know-no-other-subgraph', { path: '^subgraphs/([^/]+)/' }, { path: '^subgraphs/[^/]+/', pathNot: '^subgraphs/$1/' }),
    rule(
      'only-the-gateway-knows-the-gateway',
      { path: '^(access|configuration|errors|http|limits|monitoring|operation|state|subgraphs|upstream)/' },
      { path: '^gateway/', pathNot: '^gateway/supergraph/' },
    ),
    rule(
      'supergraph-reader-knows-graphql-alone',
      { path: '^gateway/supergraph/' },
      { pathNot: '^gateway/supergraph/|node_modules/graphql/' },
    ),
    rule(
      'upstream-knows-no-graph',
      { path: '^(upstream|errors|configuration)/' },
      { path: '^(gateway|subgraphs)/|node_modules/(graphql|@graphql-tools)/' },
    ),
    rule('gateway-knows-no-vendor', { path: '^(gateway|http)/' }, { path: '/providers/' }),
    rule('http-knows-no-subgraph', { path: '^http/' }, { path: '^subgraphs/[^/]+/' }),
    rule('fused-knows-no-subgraph', { path: '^gateway/fused/' }, { path: '^subgraphs/[^/]+/' }),
    rule('vendors-are-islands', { path: '/providers/([^/]+)/' }, { path: '/providers/', pathNot: '/providers/$1/' }),
    // A provider refuses in domain terms; the subgraph words what clients read.
    rule('vendors-word-no-errors', { path: '^subgraphs/.*/providers/' }, { path: '(^|/)(user-errors|inputs)\\.ts$|/__generated__/' }),
    rule('wire-stays-home', { pathNot: '/providers/' }, { path: '-wire\\.ts$' }),
    rule(
      'only-upstream-opens-sockets-to-vendors',
      {
        path: '^(gateway|http|subgraphs|errors|configuration)/',
        pathNot: '^gateway/distributed/|^http/(node-server|trusted-proxies|request-host)\\.ts$',
      },
      { path: '^(undici|(node:)?(http|https|net))$|node_modules/undici/', dependencyTypesNot: ['type-only'] },
    ),
    // The playground opens with the example operations.
    rule('production-knows-no-tests', { path: PRODUCTION }, { path: '^(tests|sandbox|bench|examples)/', pathNot: '^examples/operations/' }),
    rule('sandbox-knows-no-adapter', { path: '^sandbox/' }, { path: '^(gateway|subgraphs|upstream|tests)/' }),
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
