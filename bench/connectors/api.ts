// A warehouse with a REST API, in a process of its own, whose CPU is not measured: a list of numbers, and items by number in batches.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How many items it has. */
export const ITEMS = 1000;
/** The most of one call. */
export const BATCH = 100;

const numbers = Array.from({ length: ITEMS }, (_, index) => `item-${String(10_000 + index)}`);

const itemOf = (number: string) => ({
  item_number: number,
  article_name: `Article ${number}`,
  quantity: Number(number.slice(-2)),
  unit_price: `${number.slice(-3)}.50`,
  currency: 'EUR',
  warehouse: { code: 'W7', shelf_label: `S-${number.slice(-1)}`, aisle: 4 },
  updated_at: '2026-07-15T20:00:00Z',
  tags: ['steel', 'heavy'],
});

const responses = new Map<string, string>();

function responseTo(url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://warehouse.invalid');
  if (pathname === '/numbers') return JSON.stringify({ numbers });
  const asked = searchParams.get('numbers')?.split(',') ?? numbers;
  return JSON.stringify({ items: asked.map(itemOf) });
}

if (process.send !== undefined) {
  const server = createServer(({ url = '/' }, response) => {
    const text = responses.get(url) ?? responseTo(url);
    responses.set(url, text);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(text);
  });
  server.listen(0, '127.0.0.1', () => {
    // A server that listens on a port has this kind of address.
    process.send?.(`http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
  });
}
