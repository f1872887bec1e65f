// An order system with a REST API, without a library: `PORT=4020 node erp-service.mjs`. It behaves like a real one: an
// API key or OAuth2 access
// tokens that expire, a rate limit, paginated lists in an envelope, item batches of up to 50 by number and in any
// order, idempotency keys for
// writes, and an error for each unknown input.
import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const ARTICLES = ['Desk lamp', 'Office chair', 'Monitor arm', 'Footrest', 'Whiteboard'];
const STATUSES = ['OPEN', 'SHIPPED', 'DELIVERED'];
const MAX_ITEMS = 50;
const MAX_BODY = 100_000;
const PAGE = 25;
/** The number of orders of a wholesale customer. */
const WHOLESALE = 60;

/** A deterministic number for a text: an example needs no database. */
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
  const count = email.startsWith('wholesale') ? WHOLESALE : 2;
  return Array.from({ length: count }, (_, index) => orderOf(String(first + index)));
};

const itemOf = (number) => ({
  itemNumber: number,
  article: ARTICLES[numberOf(number) % ARTICLES.length],
  quantity: 1 + (numberOf(number) % 4),
});

const found = (body) => ({ status: 200, body });
const refused = (status, message, headers = {}) => ({
  status,
  headers,
  body: { error: { message } },
});

/** A page of orders and the cursor of the next page. */
function pageOf(orders, query) {
  const limit = Number(query.get('limit') ?? PAGE);
  const start = Number(Buffer.from(query.get('cursor') ?? '', 'base64url').toString() || 0);
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE)
    return refused(400, `limit must be 1 to ${String(PAGE)}.`);
  if (!Number.isInteger(start) || start < 0 || start > orders.length)
    return refused(400, 'The cursor is not known.');
  const end = Math.min(start + limit, orders.length);
  const next = end < orders.length ? Buffer.from(String(end)).toString('base64url') : null;
  return found({ orders: orders.slice(start, end), next, count: orders.length });
}

/** The state of one order system, in memory. */
class OrderSystem {
  #created = new Map();
  /** Responses to writes, by idempotency key. */
  #outcomes = new Map();
  #apiKey;
  #clientSecret;
  #tokenSeconds;
  #tokens = new Map();

  constructor({ apiKey, clientSecret, tokenSeconds }) {
    this.#apiKey = apiKey;
    this.#clientSecret = clientSecret;
    this.#tokenSeconds = tokenSeconds;
  }

  answer({ method, path, query, headers, body }) {
    if (method === 'POST' && path === '/oauth/token') return this.#createToken(headers);
    if (!this.#isAllowed(headers.authorization)) return refused(401, 'The key is not known.');
    if (method === 'GET' && path === '/v2/orders') {
      const email = query.get('customerEmail');
      return email ? pageOf(ordersOf(email), query) : refused(400, 'customerEmail is missing.');
    }
    if (method === 'POST' && path === '/v2/orders')
      return this.#once(headers['idempotency-key'], body);
    const [, orderNo] = /^\/v2\/orders\/(\d{5,6})$/.exec(path) ?? [];
    if (method === 'GET' && orderNo !== undefined) return this.#orderBy(orderNo);
    if (method === 'GET' && path === '/v2/items') return itemsOf(query);
    return refused(404, 'There is nothing here.');
  }

  /** Revokes all issued access tokens. */
  revokeTokens() {
    this.#tokens.clear();
  }

  get createdOrders() {
    return this.#created.size;
  }

  #createToken({ authorization }) {
    const known = `Basic ${Buffer.from(`tributary:${this.#clientSecret}`).toString('base64')}`;
    if (authorization !== known) return { status: 401, body: { error: 'invalid_client' } };
    const token = randomUUID();
    this.#tokens.set(token, Date.now() + this.#tokenSeconds * 1000);
    return found({ access_token: token, token_type: 'Bearer', expires_in: this.#tokenSeconds });
  }

  #isAllowed(authorization = '') {
    const token = authorization.replace(/^Bearer /, '');
    return token === this.#apiKey || (this.#tokens.get(token) ?? 0) > Date.now();
  }

  #orderBy(orderNo) {
    const created = this.#created.get(orderNo);
    if (created !== undefined) return found(created);
    return Number(orderNo) < 101_000
      ? found(orderOf(orderNo))
      : refused(404, 'There is no such order.');
  }

  /** A repeated key with the same body returns the first response. With another body it is an error. */
  #once(key, body) {
    if (key === undefined) return this.#createOrder(body);
    const digest = createHash('sha256').update(JSON.stringify(body)).digest('hex');
    const known = this.#outcomes.get(key);
    if (known !== undefined)
      return known.digest === digest
        ? known.outcome
        : refused(409, 'The idempotency key was used for another order.');
    const outcome = this.#createOrder(body);
    this.#outcomes.set(key, { digest, outcome });
    return outcome;
  }

  #createOrder({ customerEmail, articles }) {
    if (typeof customerEmail !== 'string' || !customerEmail.includes('@'))
      return refused(422, 'customerEmail must be an e-mail address.');
    if (!Array.isArray(articles) || articles.length === 0)
      return refused(422, 'An order needs an article.');
    const orderNo = String(200_000 + this.#created.size);
    const order = {
      ...orderOf(orderNo),
      status: 'OPEN',
      total: (articles.length * 49.5).toFixed(2),
      itemNumbers: articles.map((_, index) => `${orderNo}-${String(index + 1)}`),
    };
    this.#created.set(orderNo, order);
    return { status: 201, body: order };
  }
}

function itemsOf(query) {
  const numbers = (query.get('numbers') ?? '').split(',');
  if (numbers.length > MAX_ITEMS) return refused(400, 'At most 50 numbers are allowed.');
  return found({
    items: numbers
      .filter((number) => /^\d+-\d+$/.test(number))
      .map(itemOf)
      .reverse(),
  });
}

/** A rate limit per second. */
function createLimit(perSecond) {
  let [second, count] = [0, 0];
  return () => {
    const now = Math.floor(Date.now() / 1000);
    count = now === second ? count + 1 : 1;
    second = now;
    return count <= perSecond;
  };
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
 * Starts the order system.
 * @param onRequest is called with the method, the URL and the body of each request, before the response. The return value replaces the
 * system's
 * response: `{ status, headers, body }`, where a string as the body is sent unchanged. `'hang'` sends no response, `'break'` handles the
 * request and then breaks the connection.
 */
export function startErp({
  port = 0,
  apiKey = 'erp-example-key',
  clientSecret = 'erp-example-secret',
  tokenSeconds = 3600,
  requestsPerSecond = 1000,
  onRequest = () => {},
} = {}) {
  const orders = new OrderSystem({ apiKey, clientSecret, tokenSeconds });
  const isWithinLimit = createLimit(requestsPerSecond);
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    const { method, url, headers } = request;
    const fault = onRequest(method, url, body);
    if (fault === 'hang') return;
    const { pathname: path, searchParams: query } = new URL(url, 'http://erp.invalid');
    const isFault = typeof fault === 'object';
    const answered = isFault
      ? fault
      : isWithinLimit()
        ? orders.answer({ method, path, query, headers, body })
        : refused(429, 'Too many requests.', { 'retry-after': '1' });
    if (fault === 'break') {
      request.socket.destroy();
      return;
    }
    response.writeHead(answered.status, {
      'content-type': 'application/json',
      ...answered.headers,
    });
    response.end(typeof answered.body === 'string' ? answered.body : JSON.stringify(answered.body));
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      const origin = `http://127.0.0.1:${String(server.address().port)}`;
      resolve({
        url: `${origin}/v2`,
        tokenUrl: `${origin}/oauth/token`,
        revokeTokens: () => orders.revokeTokens(),
        createdOrders: () => orders.createdOrders,
        close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
      });
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { url } = await startErp({
    port: Number(process.env.PORT ?? 4020),
    apiKey: process.env.ERP_API_KEY,
    clientSecret: process.env.ERP_CLIENT_SECRET,
  });
  console.log(`The order system listens on ${url}`);
}
