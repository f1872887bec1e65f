export const TEST_USAGE =
  'tributary connect test [file or folder...] [--schema FILE] [--name TEXT] [--format text|json] [--junit FILE]';

export const CONNECT_USAGE = [TEST_USAGE];
