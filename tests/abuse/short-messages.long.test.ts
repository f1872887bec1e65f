import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendOperation, startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

const text = (end: string) =>
  Array.from({ length: 500 }, (_, index) => `w${String(index)}${end}`).join('');

const TEXTS = ['', ' ', ', ', '" ', "' ", '} ', '] { ', '\n', '\\ ', '? Did you mean '].map(
  (end) => [JSON.stringify(end), text(end)] as const,
);

const INVOICE =
  'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }';
const invoice = (amount: string, currency: string) => ({
  query: INVOICE,
  variables: {
    input: {
      billingAccountId: 'cus_1',
      lines: [{ description: 'x', quantity: 1, unitAmount: { amount, currency } }],
      dueOn: '2030-01-01',
    },
  },
});

/** Refused requests, each with a text that an error message might repeat. */
function requestsWith(long: string): readonly object[] {
  const quoted = JSON.stringify(long);
  const [name, value] = [long.slice(0, 950), long.slice(0, 100)];
  const of = (query: string, v: unknown) => ({ query, variables: { v } });
  return [
    { query: '{ __typename }', operationName: name },
    { query: `{ companies ${quoted} }` },
    { query: `{ companies """${long.replaceAll('"', '')}""" }` },
    { query: long },
    { query: `{ companies(first: ${quoted}) { nodes { id } } }` },
    { query: `{ companies(first: [${quoted}, {a: ${quoted}}]) { nodes { id } } }` },
    { query: `{ companies(first: ${'9'.repeat(3000)}) { nodes { id } } }` },
    { query: `{ ${'w1w2w3w4'.repeat(100)} }` },
    { query: `{ ...${'w1w2w3w4'.repeat(100)} __typename @${'w1w2w3w4'.repeat(100)} }` },
    of('query ($v: Int!) { companies(first: $v) { nodes { id } } }', long),
    of('query ($v: Int!) { companies(first: $v) { nodes { id } } }', {
      a: long,
      [long]: [long, long],
    }),
    of('query ($v: CompanyFilter) { companies(filter: $v) { nodes { id } } }', { [long]: 1 }),
    of('query ($v: CompanySort) { companies(sort: $v) { nodes { id } } }', { field: long }),
    of('query ($v: ID!) { company(id: $v) { id } }', long),
    of('query ($v: ID!) { company(id: $v) { id } }', { [long]: long }),
    of('query ($v: ID!) { payment(id: $v) { id } }', long),
    of('query ($v: String!) { customerByEmail(email: $v) { id } }', long),
    of('query ($v: String) { companies(first: 1, after: $v) { nodes { id } } }', long),
    of('query ($v: String) { companies(search: $v) { nodes { id } } }', long.repeat(2)),
    ...[long, value].map((one) =>
      of('query ($v: DateTime) { customers(filter: { createdFrom: $v }) { nodes { id } } }', one),
    ),
    ...[long, value].flatMap((one) => [invoice(one, 'EUR'), invoice('1', one)]),
  ];
}

describe.each(['embedded', 'distributed'] as const)(
  'an error repeats at most 100 characters of what was sent, %s',
  (mode) => {
    let gateway: TestGateway;
    beforeAll(async () => {
      gateway = await startTestGateway({ mode });
    });
    afterAll(() => gateway.close());

    it.each(TEXTS)('in a text with %s between its words', async (_end, long) => {
      for (const request of requestsWith(long)) {
        const { errors = [] } = await sendOperation(gateway.url, request);
        expect(errors.length).toBeGreaterThan(0);
        const sent = `${long} ${JSON.stringify(request)}`;
        for (const { message } of errors)
          expect([message, longestRepeated(message, sent) <= 100]).toEqual([message, true]);
      }
      expect(gateway.log.filter((line) => line.length > 1000)).toEqual([]);
    });
  },
);

/** The length of the longest part of a message that is in what was sent. */
function longestRepeated(message: string, sent: string): number {
  let longest = 0;
  for (let begin = 0; begin < message.length; begin += 1) {
    while (
      begin + longest < message.length &&
      sent.includes(message.slice(begin, begin + longest + 1))
    )
      longest += 1;
  }
  return longest;
}
