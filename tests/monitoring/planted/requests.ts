import { type Sandbox, VENDORS } from '../../../sandbox/sandbox.ts';

/** What a client sends, none of which is for anybody but the vendor it is about. */
export const WORDS = {
  email: 'planted.person@secret.example',
  name: 'Plantilda Secretova',
  address: '17 Planted Secret Street, Plantville',
  card: '4000056655665556',
  key: 'planted-idempotency-key-1',
  body: 'planted-in-a-malformed-body',
  type: 'planted-in-a-wrong-type',
  path: 'planted-in-a-path',
  cookie: 'planted-session-cookie',
  search: 'planted-in-a-query-string',
  password: 'planted-basic-password',
};

const { email, name, address, card, key, type } = WORDS;

export const GOOD = `query Good($email: String!, $address: String!) {
  customerByEmail(email: $email) { name }
  geocode(address: $address) { formattedAddress }
  customers(first: 2, search: "Marcus Sinclair") {
    nodes { id name email phone address { formatted map(width: 100, height: 100) { path } } payments(first: 3) { nodes { id amount { amount } billingAccount { id name email } } } }
  }
}`;

const CHARGE = `lines: [{ description: "${card}", unitAmount: { amount: "9.90", currency: "EUR" } }], successUrl: "https://a.example/?${WORDS.search}"`;

/** What gets as far as the vendors, with something planted in it. */
const TO_VENDORS: readonly object[] = [
  { query: GOOD, variables: { email, address } },
  {
    query: `{ geocode(address: "${address}, ${card}") { id } places(text: "${name}", first: 1) { nodes { id } } }`,
  },
  {
    query: `mutation { createCustomer(input: { email: "${email}", lastName: "${name}", idempotencyKey: "${key}" }) { customer { email } } }`,
  },
  {
    query: `mutation { createCustomer(input: { email: "${email}", lastName: "${name}" }) { customer { id } userErrors { message } } }`,
  },
  {
    query:
      'mutation ($input: CreateBillingAccountInput!) { createBillingAccount(input: $input) { billingAccount { email } userErrors { message } } }',
    variables: { input: { name, email, description: card, idempotencyKey: `${key}-2` } },
  },
];

/** Many of them with something wrong. */
const BODIES: readonly object[] = [
  ...TO_VENDORS,
  { query: GOOD, variables: { email: { type }, address: [type] } },
  { query: GOOD, variables: { email, address, first: type } },
  { query: `{ customers(first: "${type}") { nodes { name } } }` },
  { query: `{ customers(first: 1000, search: "${name}") { nodes { name } } }` },
  { query: `{ customers(first: 1, after: "${type}") { nodes { name } } }` },
  { query: `{ customers(first: 1, filter: { createdFrom: "${type}" }) { nodes { name } } }` },
  {
    query: `{ payment(id: "${card}") { id amount { amount } } invoice(id: "in_${card}") { id } billingAccount(id: "${email}") { name } }`,
  },
  { query: `{ customer(id: "${email}") { name } customerByEmail(email: "${type}") { name } }` },
  { query: `{ planted(id: "${type}") { name } }` },
  { query: `query ($card: Planted = "${card}") { customer(id: $card) { name } }` },
  { query: `{ customer(id: "${type}" { name } }` },
  {
    query: `mutation { createCustomer(input: { email: "${type}", phone: "${card}", address: { line1: "${address}" } }) { userErrors { message } } }`,
  },
  {
    query: `mutation { refundPayment(input: { paymentId: "${card}", amount: { amount: "${card}.001", currency: "EUR" } }) { userErrors { code } } }`,
  },
  {
    query: `mutation { createCheckoutSession(input: { billingAccountId: "${card}", ${CHARGE} }) { checkoutSession { url } userErrors { code } } }`,
  },
  { query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: type } } },
  { query: '{ __typename }', operationName: type },
  { query: { type } },
  { [type]: type },
];

const RAW_BODIES: readonly string[] = [
  `{"query": "${WORDS.body}`,
  WORDS.body,
  `["${WORDS.body}"]`,
  JSON.stringify({ query: `{ ${WORDS.body} }` }).repeat(2),
];

const FAULTS = [
  '500',
  '429',
  '502',
  'garbage',
  'wrong-json',
  'reset',
  'reset-after:writes',
  'truncate',
] as const;

type Headers = Readonly<Record<string, string>>;

/** Everything that a server has said. */
export interface Output {
  /** The headers of all answers, and of the bodies all but `data`. */
  readonly errors: string;
  readonly data: string;
}

/** Asks all that can go wrong, by each caller. */
export async function sendAllRequests(url: string, callers: readonly Headers[]): Promise<Output> {
  const answers: Answered[] = [];
  const send = async (path: string, request: RequestInit) =>
    answers.push(await readAnswer(await fetch(url + path, request)));
  const [first = {}] = callers;
  for (const caller of callers)
    for (const body of BODIES) answers.push(await post(url, JSON.stringify(body), caller));
  for (const body of RAW_BODIES) answers.push(await post(url, body, first));
  answers.push(await post(url, '{}', { ...first, 'content-type': `text/${WORDS.body}` }));
  const search = new URLSearchParams({
    query: GOOD,
    variables: JSON.stringify({ email, address }),
    planted: WORDS.search,
  }).toString();
  await send(`/graphql?${search}`, { headers: { 'apollo-require-preflight': '1', ...first } });
  await send(`/graphql?${search}`, { method: 'DELETE', headers: first });
  for (const path of [WORDS.path, `map/${WORDS.path}`, `graphql/${WORDS.path}`])
    await send(`/${path}?${WORDS.search}`, { headers: first });
  return toOutput(answers);
}

/** Asks what reaches the vendors, while each of them fails in each way. */
export async function sendWhileVendorsFail(
  url: string,
  caller: Headers,
  sandbox: Sandbox,
): Promise<Output> {
  const answers: Answered[] = [];
  for (const vendor of VENDORS) {
    for (const fault of FAULTS) {
      sandbox[vendor].fault = fault;
      answers.push(
        ...(await Promise.all(TO_VENDORS.map((body) => post(url, JSON.stringify(body), caller)))),
      );
    }
    sandbox[vendor].fault = null;
  }
  return toOutput(answers);
}

async function post(url: string, body: string, headers: Headers): Promise<Answered> {
  const all = { 'content-type': 'application/json', cookie: `session=${WORDS.cookie}`, ...headers };
  return readAnswer(await fetch(`${url}/graphql`, { method: 'POST', body, headers: all }));
}

const toOutput = (answers: readonly Answered[]): Output => ({
  errors: answers.map(({ errors }) => errors).join('\n'),
  data: answers.map(({ data }) => data).join('\n'),
});

interface Answered {
  readonly errors: string;
  readonly data: string;
}

async function readAnswer(response: Response): Promise<Answered> {
  const headers = JSON.stringify([...response.headers]);
  const text = await response.text();
  if (!(response.headers.get('content-type') ?? '').includes('json'))
    return { errors: `${headers} ${text}`, data: '' };
  const { data, ...others } = JSON.parse(text) as { readonly data?: unknown };
  return { errors: `${headers} ${JSON.stringify(others)}`, data: JSON.stringify(data ?? null) };
}

/** What can be read of a server without a question: what it measures, how it is, its schema and its pages. */
export async function readPages(url: string, headers: Headers): Promise<string> {
  const paths = [
    '/metrics',
    '/health/live',
    '/health/ready',
    '/schema.graphql',
    '/',
    '/favicon.ico',
    '/nowhere',
  ];
  const pages = await Promise.all(
    paths.map(async (path) => readAnswer(await fetch(url + path, { headers }))),
  );
  return pages.map(({ errors, data }) => `${errors}\n${data}`).join('\n');
}
