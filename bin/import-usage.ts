/** In its own file, because the command takes long to load. */
export const IMPORT_USAGE = [
  "tributary import <openapi.yaml|json> [--operations 'GET /orders/*']... [--accept keys,batches,pages|all]",
  '                 [--name orders] [--prefix Erp] [--graph ./graph.yaml] [--write]',
];
