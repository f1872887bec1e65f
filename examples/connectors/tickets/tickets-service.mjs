// A ticket system with the REST API of Zendesk Support, without a library: `PORT=4030 node tickets-service.mjs`. Its
// data are invented. It
// implements a part of https://developer.zendesk.com/api-reference/: the API token, search by query, cursors, batches,
// rate limits and error bodies.
import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';

const SUBJECTS = ['Printer offline', 'Invoice is wrong', 'Password reset', 'Late delivery'];
const STATUSES = ['new', 'open', 'pending', 'hold', 'solved', 'closed'];
const PRIORITIES = [null, 'low', 'normal', 'high', 'urgent'];
const AGENTS = ['Ada Berg', 'Bo Chen', 'Cleo Diaz'];
const FIRST_AGENT = 370_000_000_001;
const FIRST_USER = 360_000_000_000;
const FIRST_CREATED = 900_001;
const MAX_IDS = 100;
const MAX_PAGE = 100;
const MAX_EXPORT_PAGE = 1000;
const MAX_BODY = 100_000;

/** A deterministic number for a text: an example needs no database. */
const numberOf = (text) =>
  [...text].reduce((sum, character) => (sum * 31 + character.codePointAt(0)) % 89_999, 7);

const json = (status, body, headers = {}) => ({ status, body, headers });
const refused = (status, error, description) => json(status, { error, description });
const notFound = () => refused(404, 'RecordNotFound', 'Not found');
const invalidParameter = (name, rule) =>
  json(400, {
    error: {
      title: 'Invalid attribute',
      message: `You passed an invalid value for the ${name} attribute. Invalid parameter: ${name} ${rule}`,
    },
  });

/** The account: users and tickets by number, and the records created since the start. */
class Account {
  /** By user number. */
  #emails = new Map();
  #created = new Map();
  #byKey = new Map();

  userOf(id) {
    const agent = AGENTS[id - FIRST_AGENT];
    if (agent !== undefined)
      return user(id, agent, `${agent.split(' ')[0].toLowerCase()}@support.example`, 'agent');
    const number = id - FIRST_USER;
    if (!(number >= 0 && number < 90_000)) return undefined;
    const email = this.#emails.get(number) ?? `person${String(number)}@example.com`;
    return user(id, email.split('@')[0], email, 'end-user');
  }

  userIdOf(email) {
    const number = numberOf(email.toLowerCase());
    this.#emails.set(number, email.toLowerCase());
    return FIRST_USER + number;
  }

  ticketOf(id) {
    if (this.#created.has(id)) return this.#created.get(id).ticket;
    const number = Math.floor(id / 10);
    return id % 10 < ticketCount(number) && number < 90_000 ? ticket(id, number) : undefined;
  }

  /** Newest first. A created ticket appears after the search delay. */
  ticketsOf(email, searchedAt, lagMs) {
    const number = this.userIdOf(email) - FIRST_USER;
    const created = [...this.#created.values()].filter(
      (one) => one.ticket.requester_id === FIRST_USER + number && one.at + lagMs <= searchedAt,
    );
    const ids = Array.from({ length: ticketCount(number) }, (_, index) => number * 10 + index);
    return [
      ...created.map((one) => one.ticket).reverse(),
      ...ids.reverse().map((id) => ticket(id, number)),
    ];
  }

  create(sent, key, at) {
    const text = JSON.stringify(sent);
    const before = key === undefined ? undefined : this.#byKey.get(key);
    if (before !== undefined && before.text !== text)
      return refused(
        400,
        'IdempotentRequestError',
        'Request parameters do not match the parameters of the first request with this key',
      );
    if (before !== undefined)
      return { ...before.answer, headers: { 'x-idempotency-lookup': 'hit' } };
    const { subject, comment, requester, priority = null } = sent;
    const id = FIRST_CREATED + this.#created.size;
    const made = {
      ...ticket(id, this.userIdOf(requester.email) - FIRST_USER),
      subject: subject ?? comment.body.slice(0, 50),
      priority,
      status: 'new',
      assignee_id: null,
      created_at: new Date(at).toISOString().replace(/\.\d+/, ''),
    };
    this.#created.set(id, { ticket: made, at, comment: comment.body });
    const answer = json(201, { ticket: made, audit: { id: id * 7, ticket_id: id } });
    if (key !== undefined) this.#byKey.set(key, { text, answer });
    return { ...answer, headers: key === undefined ? {} : { 'x-idempotency-lookup': 'miss' } };
  }

  commentsOf(id) {
    const { requester_id: requester, created_at: at } = this.ticketOf(id);
    const made = this.#created.get(id);
    if (made !== undefined) return [comment(id, 0, requester, made.comment, at)];
    return Array.from({ length: 1 + (id % 7) }, (_, index) =>
      comment(
        id,
        index,
        index % 2 === 0 ? requester : agentOf(id),
        index % 2 === 0 ? `It does not work (${String(index + 1)}).` : 'Please try again.',
        at,
      ),
    );
  }
}

const ticketCount = (number) => 1 + (number % 4);
const agentOf = (id) => FIRST_AGENT + (id % AGENTS.length);

const user = (id, name, email, role) => ({ id, name, email, role, active: true, time_zone: 'UTC' });

const ticket = (id, number) => ({
  id,
  subject: SUBJECTS[id % SUBJECTS.length],
  description: 'It does not work (1).',
  status: STATUSES[id % STATUSES.length],
  priority: PRIORITIES[id % PRIORITIES.length],
  requester_id: FIRST_USER + number,
  submitter_id: FIRST_USER + number,
  assignee_id: STATUSES[id % STATUSES.length] === 'new' ? null : agentOf(id),
  tags: [],
  custom_fields: [],
  created_at: `2026-0${String(1 + (id % 9))}-1${String(id % 10)}T08:30:00Z`,
  updated_at: `2026-0${String(1 + (id % 9))}-2${String(id % 9)}T16:05:00Z`,
});

const comment = (ticketId, index, author, text, at) => ({
  id: ticketId * 100 + index,
  type: 'Comment',
  author_id: author,
  body: text,
  plain_body: text,
  public: index % 3 !== 2,
  attachments: [],
  created_at: at,
});

/** A page by a cursor: https://developer.zendesk.com/api-reference/introduction/pagination/ */
function cursorPage(items, query, most) {
  const size = Number(query.get('page[size]'));
  if (!Number.isInteger(size) || size < 1 || size > most)
    return { problem: paginationProblem(`page[size] must be between 1 and ${String(most)}`) };
  const after = query.get('page[after]');
  const start = after === null ? 0 : readCursor(after);
  if (start === undefined) return { problem: paginationProblem('page[after] is not valid') };
  const found = items.slice(start, start + size);
  const end = start + found.length;
  return {
    found,
    meta: {
      has_more: end < items.length,
      after_cursor: found.length === 0 ? null : writeCursor(end),
      before_cursor: found.length === 0 ? null : writeCursor(start),
    },
  };
}

const paginationProblem = (title) =>
  json(400, { errors: [{ code: 'InvalidPaginationParameter', title }] });

const writeCursor = (index) =>
  Buffer.from(JSON.stringify({ o: 'id', v: index })).toString('base64');

function readCursor(text) {
  try {
    const { v: index } = JSON.parse(Buffer.from(text, 'base64').toString());
    return Number.isInteger(index) && index >= 0 ? index : undefined;
  } catch {
    return undefined;
  }
}

/** Search by `requester:`, in the syntax of the search reference. Any other query finds nothing. */
function requesterOf(query) {
  const [, quoted, plain] = /^requester:(?:"([^"]*)"|([^\s"]+))$/.exec(query.trim()) ?? [];
  return quoted ?? plain;
}

function exportSearch(account, query, options) {
  if (query.get('filter[type]') !== 'ticket')
    return invalidParameter('filter[type]', 'must be one of ticket, organization, user, group');
  const text = query.get('query') ?? '';
  if (text === '' || /\btype:/.test(text)) return invalidParameter('query', 'must not have a type');
  const email = requesterOf(text);
  const tickets =
    email === undefined ? [] : account.ticketsOf(email, Date.now(), options.searchLagMs);
  const { problem, found, meta } = cursorPage(tickets, query, MAX_EXPORT_PAGE);
  if (problem !== undefined) return problem;
  const results = found.map((one) => ({ ...one, result_type: 'ticket' }));
  return json(200, {
    results,
    facets: null,
    meta: { ...meta, before_cursor: null },
    links: { prev: null, next: null },
  });
}

/** Omits unknown ids. */
function showMany(name, query, find) {
  const ids = (query.get('ids') ?? '').split(',').filter((id) => id !== '');
  if (ids.length === 0) return invalidParameter('ids', 'must be a list of ids');
  if (ids.length > MAX_IDS) return refused(400, 'TooManyIds', 'At most 100 ids are allowed');
  const found = ids.flatMap((id) => (/^\d+$/.test(id) ? (find(Number(id)) ?? []) : []));
  return json(200, { [name]: found, next_page: null, previous_page: null, count: found.length });
}

function comments(account, id, query) {
  if (account.ticketOf(id) === undefined) return notFound();
  const all = account.commentsOf(id);
  // Without a page size, pagination is by page number.
  if (!query.has('page[size]'))
    return json(200, { comments: all, next_page: null, previous_page: null, count: all.length });
  const { problem, found, meta } = cursorPage(all, query, MAX_PAGE);
  return problem ?? json(200, { comments: found, meta, links: { prev: null, next: null } });
}

function createTicket(account, body, headers) {
  const sent = body?.ticket;
  const details = {};
  if (typeof sent?.comment?.body !== 'string' || sent.comment.body === '')
    details.base = [{ description: 'Description: cannot be blank', error: 'BlankValue' }];
  else if (!/^[^@\s"]+@[^@\s"]+$/.test(sent.requester?.email ?? ''))
    details.requester = [{ description: 'Requester: Email: is not properly formatted' }];
  if (Object.keys(details).length > 0)
    return json(422, { error: 'RecordInvalid', description: 'Record validation errors', details });
  return account.create(sent, headers['idempotency-key'], Date.now());
}

function answer(account, { method, path, query, body, headers }, options) {
  const [, name] = /^\/api\/v2\/(.+?)(?:\.json)?$/.exec(path) ?? [];
  if (method === 'POST')
    return name === 'tickets' ? createTicket(account, body, headers) : notFound();
  if (method !== 'GET') return notFound();
  if (name === 'search/export') return exportSearch(account, query, options);
  if (name === 'users/show_many') return showMany('users', query, (id) => account.userOf(id));
  if (name === 'tickets/show_many') return showMany('tickets', query, (id) => account.ticketOf(id));
  const [, id, part] = /^tickets\/(\d{1,9})(\/comments)?$/.exec(name ?? '') ?? [];
  if (id === undefined) return notFound();
  if (part !== undefined) return comments(account, Number(id), query);
  const found = account.ticketOf(Number(id));
  return found === undefined ? notFound() : json(200, { ticket: found });
}

/** Limits the requests in a time window. Excess requests get the seconds until the next window in `Retry-After`. */
class RateLimit {
  #count = 0;
  #startedAt = Date.now();

  constructor({ requests, seconds }) {
    this.requests = requests;
    this.seconds = seconds;
  }

  take() {
    const now = Date.now();
    if (now - this.#startedAt >= this.seconds * 1000) {
      this.#startedAt = now;
      this.#count = 0;
    }
    this.#count += 1;
    const left = Math.max(0, this.requests - this.#count);
    const resets = Math.ceil(this.seconds - (now - this.#startedAt) / 1000);
    const headers = { 'x-rate-limit': this.requests, 'x-rate-limit-remaining': left };
    if (this.#count <= this.requests) return { headers };
    const refusal = refused(
      429,
      'APIRateLimitExceeded',
      'Number of allowed API requests per minute exceeded',
    );
    return { refusal: { ...refusal, headers: { 'retry-after': resets } }, headers };
  }
}

async function readBody(request) {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > MAX_BODY) return undefined;
  }
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Starts the ticket system. */
export function startTickets({
  port = 0,
  email = 'agent@example.com',
  apiToken = 'tickets-example-token',
  rateLimit = { requests: 700, seconds: 60 },
  searchLagMs = 60_000,
  onRequest = () => {},
} = {}) {
  const account = new Account();
  const limit = new RateLimit(rateLimit);
  // For exports of search results, in addition to the limit for all requests.
  const exports = new RateLimit({ requests: 100, seconds: 60 });
  const credential = `Basic ${Buffer.from(`${email}/token:${apiToken}`).toString('base64')}`;
  const server = createServer(async (request, response) => {
    const body = await readBody(request);
    onRequest(request.method, request.url);
    const { pathname: path, searchParams: query } = new URL(request.url, 'http://tickets.invalid');
    const { refusal: refusedByAll, headers: limits } = limit.take();
    const refusal =
      refusedByAll ?? (/\/export(?:\.json)?$/.test(path) ? exports.take().refusal : undefined);
    const isAllowed = request.headers.authorization === credential;
    const asked = { method: request.method, path, query, body, headers: request.headers };
    const answered =
      refusal ??
      (isAllowed
        ? answer(account, asked, { searchLagMs })
        : json(401, { error: "Couldn't authenticate you" }));
    response.writeHead(answered.status, {
      'content-type': 'application/json; charset=utf-8',
      ...limits,
      ...answered.headers,
    });
    response.end(JSON.stringify(answered.body));
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => {
      resolve({
        url: `http://127.0.0.1:${String(server.address().port)}`,
        close: () => new Promise((closed) => server.close(closed).closeAllConnections()),
      });
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { url } = await startTickets({
    port: Number(process.env.PORT ?? 4030),
    email: process.env.TICKETS_EMAIL,
    apiToken: process.env.TICKETS_API_TOKEN,
  });
  console.log(`The ticket system listens on ${url}`);
}
