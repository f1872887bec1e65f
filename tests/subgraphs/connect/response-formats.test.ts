import { describe, expect, it } from '@jest/globals';
import type { ResponseFormat } from '../../../subgraphs/connect/read-body.ts';
import { startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

const SDL = `
  type Rate { currency: String rate: String }
  type Query {
    rates: [Rate!] @connect(source: "erp", http: { GET: "/rates" }, selection: "currency: CURRENCY rate: OBS_VALUE")
    names: [String!] @connect(source: "erp", http: { GET: "/names" }, selection: "$->first->entries.key")
    text: String @connect(source: "erp", http: { GET: "/text" }, selection: "$")
    checked: String @connect(source: "erp", http: { GET: "/text" }, isSuccess: "$->eq('fine')", errors: { message: "$" }, selection: "$")
  }
  type Mutation { write: String @connect(source: "erp", http: { POST: "/write" }, selection: "$") }
`;

interface Answer {
  readonly type?: string;
  readonly body: string;
  readonly format?: ResponseFormat;
  readonly status?: number;
}

async function ask(query: string, { type, body, format, status = 200 }: Answer) {
  await using api = await startApi(() => ({
    status,
    body,
    ...(type !== undefined && { headers: { 'content-type': type } }),
  }));
  const sdl = `${HEAD} @source(name: "erp", http: { baseURL: "${api.url}" }) ${SDL}`;
  const graph = fuse(readFile(sdl, { erp: { responseFormat: format } }));
  const { data, errors } = await graph.run(query);
  await graph.close();
  const problems = errors?.map(({ message, extensions }) => [extensions?.['code'], message]);
  return { ...data, ...(problems && { problems }) };
}

const RATES = '{ rates { currency rate } }';

const RATES_READ = {
  rates: [
    { currency: 'USD', rate: '1.10' },
    { currency: 'GBP', rate: '0.8331' },
  ],
};

describe('a response of CSV', () => {
  it.each([
    ['text/csv', 'CURRENCY,OBS_VALUE\r\nUSD,1.10\r\nGBP,0.8331\r\n'],
    ['text/csv; charset=utf-8; header=present', 'CURRENCY,OBS_VALUE\nUSD,1.10\nGBP,0.8331'],
    ['application/vnd.sdmx.data+csv;version=1.0.0', 'CURRENCY,OBS_VALUE\nUSD,1.10\nGBP,0.8331\n'],
    ['TEXT/CSV', '\ufeffKEY,OBS_VALUE,CURRENCY\n"a,""b""\n",1.10,"USD"\n,0.8331,GBP'],
  ])('is a list of objects of texts by the names in its first line: %s, %j', async (type, body) => {
    expect(await ask(RATES, { type, body })).toEqual(RATES_READ);
  });

  it('is parsed if the policy says so, with any Content-Type', async () => {
    const body = 'CURRENCY,OBS_VALUE\nUSD,1.10\nGBP,0.8331\n';
    const type = 'application/octet-stream';
    expect(await ask(RATES, { type, body, format: 'csv' })).toEqual(RATES_READ);
  });

  it('is an empty list with only a header line, and null if it is empty', async () => {
    expect(await ask(RATES, { type: 'text/csv', body: 'CURRENCY,OBS_VALUE\n' })).toEqual({
      rates: [],
    });
    expect(await ask(RATES, { type: 'text/csv', body: '' })).toEqual({ rates: null });
  });

  it('is read in the character set that its Content-Type names', async () => {
    // The server of the test sends UTF-8, which this reads as two letters.
    const answer = { type: 'text/csv; charset=windows-1252', body: 'CURRENCY\nü\n' };
    expect(await ask(RATES, answer)).toEqual({ rates: [{ currency: 'Ã¼', rate: null }] });
  });

  it.each([
    ['a quote that does not end', 'CURRENCY,OBS_VALUE\n"USD,1.10\n'],
    ['a quote inside a field without quotes', 'CURRENCY,OBS_VALUE\nU"SD,1.10\n'],
    ['text after a quote', 'CURRENCY,OBS_VALUE\n"USD"x,1.10\n'],
    ['too few fields', 'CURRENCY,OBS_VALUE\nUSD\n'],
    ['too many fields', 'CURRENCY,OBS_VALUE\nUSD,1.10,3\n'],
    ['two columns of a name', 'CURRENCY,CURRENCY\nUSD,1.10\n'],
    ['JSON', '{"CURRENCY":"USD",\n"OBS_VALUE":"1.10"}'],
    ['more than 1,000 columns', `${Array.from({ length: 1001 }, (_, n) => n).join(',')}\n`],
    ['more than 100,000 lines', `CURRENCY\n${'USD\n'.repeat(100_001)}`],
    ['bytes of another character set', 'CURRENCY\nUSD\n', 'text/csv; charset=no-such-set'],
  ])('is an error of the contract if it has %s', async (_title, body, type = 'text/csv') => {
    const { problems } = await ask(RATES, { type, body });
    expect(problems).toEqual([['UPSTREAM_CONTRACT', expect.any(String)]]);
  });

  it('can have a column with the name of an inherited property', async () => {
    const body = '__proto__,constructor\na,b\n';
    expect(await ask('{ names }', { type: 'text/csv', body })).toEqual({
      names: ['__proto__', 'constructor'],
    });
  });
});

describe('a response of plain text', () => {
  it.each([
    ['text/plain', 'a text'],
    ['text/plain; charset=utf-8', '{"a": 1}'],
  ])('is the text itself: %s, %j', async (type, body) => {
    expect(await ask('{ text }', { type, body })).toEqual({ text: body });
  });

  it('is read as JSON if the policy says so', async () => {
    const answer = { type: 'text/plain', body: '"JSON"', format: 'json' } as const;
    expect(await ask('{ text }', answer)).toEqual({ text: 'JSON' });
  });

  it('is the input of isSuccess and of the error message', async () => {
    const type = 'text/plain';
    expect(await ask('{ checked }', { type, body: 'fine' })).toEqual({ checked: 'fine' });
    expect(await ask('{ checked }', { type, body: 'No stock' })).toMatchObject({
      problems: [['UPSTREAM_REJECTED', 'No stock']],
    });
    expect(await ask('{ checked }', { type, body: 'No such one', status: 404 })).toMatchObject({
      problems: [['UPSTREAM_REJECTED', 'No such one']],
    });
  });
});

describe('a response of another kind', () => {
  it.each([
    ['text/html', '<html>Please sign in</html>'],
    ['application/xml', '<rates/>'],
    ['application/octet-stream', '\u0000\u0001'],
  ])('is an error of the contract: %s', async (type, body) => {
    const { problems } = await ask('{ text }', { type, body });
    expect(problems).toEqual([['UPSTREAM_CONTRACT', expect.any(String)]]);
  });

  it('is read as JSON if it is JSON', async () => {
    expect(await ask('{ text }', { type: 'text/javascript', body: '"a"' })).toEqual({ text: 'a' });
  });

  it('leaves the outcome of a mutation unknown', async () => {
    const { problems } = await ask('mutation { write }', { type: 'text/html', body: '<html>' });
    expect(problems).toEqual([['OUTCOME_UNKNOWN', expect.any(String)]]);
  });
});
