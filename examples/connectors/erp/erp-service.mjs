// An order system with a REST API, without a library: `PORT=4020 node erp-service.mjs`. It has the habits of real ones: a key, lists in an
// envelope, items by number in batches of up to 50 and in any order, an error for what it does not know.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const ARTICLES = ['Desk lamp', 'Office chair', 'Monitor arm', 'Footrest', 'Whiteboard'];
const STATUSES = ['OPEN', 'SHIPPED', 'DELIVERED'];
const MAX_ITEMS = 50;
const MAX_BODY = 100_000;

/** The same for the same text, as an example needs no database. */
const numberOf = (text) =>
  [...text].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 90_000, 7);

const orderOf = (orderNo) => {
  const number = Number(orderNo);
  const count = 1 + (number % 3);
  return {
    orderNo,
    placedOn: `2026-0${String(1 + (number % 9))}-1${String(number % 10)}`,
    status: STATUSES[number % STATUSES.length],
    total: (count * 49.5).toFixed(2),
    currency: 'EUR',
    itemNumbers: Array.from({ length: count }, (_, index) => `${orderNo}-${String(index + 1)}`),
  };
};

const ordersOf = (email) => {
  const first = 10_000 + numberOf(email.toLowerCase());
  return [orderOf(String(first)), orderOf(String(first + 1))];
};

const itemOf = (number) => ({
  itemNumber: number,
  article: ARTICLES[numberOf(number) % ARTICLES.length],
  quantity: 1 + (numberOf(number) % 4),
});

const found = (body) => ({ status: 200, body });
const refused = (status, message) => ({ status, body: { error: { message } } });

/** Orders that were created while it runs, by their numbers. */
const created = new Map();

function createOrder({ customerEmail, articles }) {
  if (typeof customerEmail !== 'string' || !customerEmail.includes('@'))
    return refused(422, 'customerEmail must be an e-mail address.');
  if (!Array.isArray(articles) || articles.length === 0)
    return refused(422, 'An order needs an article.');
  const orderNo = String(200_000 + created.size);
  created.set(orderNo, {
    ...orderOf(orderNo),
    status: 'OPEN',
    total: (articles.length * 49.5).toFixed(2),
    itemNumbers: articles.map((_, index) => `${orderNo}-${String(index + 1)}`),
  });
  return { status: 201, body: created.get(orderNo) };
}

function answer(method, path, query, body) {
  if (method === 'GET' && path === '/v2/orders') {
    const email = query.get('customerEmail');
    return email ? found({ orders: ordersOf(email) }) : refused(400, 'customerEmail is missing.');
  }
  if (method === 'POST' && path === '/v2/orders') return createOrder(body);
  const [, orderNo] = /^\/v2\/orders\/(\d{5,6})$/.exec(path) ?? [];
  if (method === 'GET' && orderNo !== undefined) {
    if (created.has(orderNo)) return found(created.get(orderNo));
    return Number(orderNo) < 101_000
      ? found(orderOf(orderNo))
      : refused(404, 'There is no such order.');
  }
  if (method === 'GET' && path === '/v2/items') {
    const numbers = (query.get('numbers') ?? '').split(',');
    if (numbers.length > MAX_ITEMS) return refused(400, 'At most 50 numbers are allowed.');
    return found({
      items: numbers
        .filter((number) => /^\d+-\d+$/.test(number))
        .map(itemOf)
        .reverse(),
    });
  }
  return refused(404, 'There is nothing here.');
}

async function readBody(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY) return {};
  }
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return {};
  }
}

/**
 * Starts it.
 * @param onRequest is called with the method and the URL of each request
 */
export function startErp({ port = 0, apiKey = 'erp-example-key', onRequest = () => {} } = {}) {
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    onRequest(request.method, request.url);
    const { pathname, searchParams } = new URL(request.url, 'http://erp.invalid');
    const isAllowed = request.headers.authorization === `Bearer ${apiKey}`;
    const { status, body: answered } = isAllowed
      ? answer(request.method, pathname, searchParams, body)
      : refused(401, 'The key is not known.');
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answered));
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      resolve({
        url: `http://127.0.0.1:${String(server.address().port)}/v2`,
        close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
      });
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { url } = await startErp({
    port: Number(process.env.PORT ?? 4020),
    apiKey: process.env.ERP_API_KEY,
  });
  console.log(`The order system listens on ${url}`);
}
