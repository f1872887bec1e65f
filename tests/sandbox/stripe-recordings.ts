import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const FILE = path.resolve(process.env['RECORDED_DIR'] ?? '../shared/recorded', 'stripe.json');

/** Shapes of objects changed before and hardly after. */
const OLDEST_VERSION = '2025-10-29.clover';

const exchangesSchema = z.array(
  z.object({
    method: z.string(),
    path: z.string(),
    requestHeaders: z.record(z.string(), z.string()),
    requestBody: z.string(),
    status: z.int(),
    responseHeaders: z.record(z.string(), z.string()),
    body: z.unknown(),
  }),
);

export type Exchange = z.infer<typeof exchangesSchema>[number];

/** What Stripe was recorded to answer under the newest versions; undefined, and said so, where there are no recordings. */
export function readStripeRecordings(): readonly Exchange[] | undefined {
  if (!existsSync(FILE)) {
    console.warn(`Skipped: no recordings at ${FILE}; set RECORDED_DIR.`);
    return undefined;
  }
  return exchangesSchema
    .parse(JSON.parse(readFileSync(FILE, 'utf8')))
    .filter(({ requestHeaders }) => (requestHeaders['stripe-version'] ?? '') >= OLDEST_VERSION)
    .map((exchange) => ({
      ...exchange,
      path: unmask(exchange.path),
      body: unmaskBody(exchange.body),
    }));
}

/** The recorder's masks also hit what was no secret: the letter `x`, the digit `1` and the word `secret` in names of fields. */
function unmask(text: string): string {
  return text
    .replaceAll('<VENDOR_AUTH_CODE>', 'x')
    .replaceAll('<VENDOR_ID>', '1')
    .replaceAll('<PADDLE_API_KEY>', 'secret');
}

/** A body whose JSON was broken by a mask was kept as text. */
function unmaskBody(body: unknown): unknown {
  return JSON.parse(unmask(typeof body === 'string' ? body : JSON.stringify(body)));
}

/** The paths that an exchange asked to expand, sorted. */
export function expansionsOf({ path: asked, requestBody }: Exchange): string[] {
  const pairs = [
    ...new URLSearchParams(asked.split('?')[1]),
    ...new URLSearchParams(unmask(requestBody)),
  ];
  return pairs.flatMap(([name, value]) => (name.startsWith('expand') ? [value] : [])).sort();
}
