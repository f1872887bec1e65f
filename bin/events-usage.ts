export const EVENTS_USAGE = [
  'tributary events tail',
  'tributary events replay --from <cursor|time|duration>',
  'tributary events gaps',
  'tributary events send <type> [--id <id>] [--url http://127.0.0.1:4000]',
];

export const WEBHOOKS_USAGE = [
  'tributary webhooks setup --url <https://...> [--vendor <name>] [--print-secret]',
];
