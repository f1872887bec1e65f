export const TEST_USAGE =
  'tributary connect test [file or folder...] [--schema FILE] [--name TEXT] [--format text|json] [--junit FILE]';

export const RECORD_USAGE =
  'tributary connect record <connector or file...> --out FILE [--graph ./graph.yaml] [--variables JSON] [--keep PATH]... [--allow-writes] [--force]';

export const DRIFT_USAGE =
  'tributary connect test --drift [file or folder...] [--openapi FILE] [--live [--graph ./graph.yaml]] [--schema FILE]';

export const CONNECT_USAGE = [TEST_USAGE, DRIFT_USAGE, RECORD_USAGE];
