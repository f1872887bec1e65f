import { basename } from 'node:path';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { buildASTSchema, getOperationAST, parse } from 'graphql';
import { createDependencies } from '../../../../gateway/graphql/conditional/operation-dependencies.ts';
import { PreparedOperation } from '../../../../gateway/operation/prepared-operation.ts';
import { buildApiDocument } from '../../../../gateway/supergraph/api-document.ts';
import { Supergraph } from '../../../../gateway/supergraph/supergraph.ts';
import { crmDependencies } from '../../../../subgraphs/crm/dependencies.ts';
import { mapsDependencies } from '../../../../subgraphs/maps/dependencies.ts';
import { PAYMENTS_DEPENDENCIES } from '../../../../subgraphs/payments/dependencies.ts';
import { NO_LIFETIMES } from '../../../../upstream/upstream-policy.ts';

const read = (path: string) =>
  readFileSync(new URL(`../../../../${path}`, import.meta.url), 'utf8');

const supergraph = new Supergraph(read('schema/supergraph.graphql'));
const schema = buildASTSchema(buildApiDocument(supergraph.document), { assumeValidSDL: true });

const dependenciesWith = ({ caches = false } = {}) => {
  const minutes = new Map(
    caches ? ['Pipeline', 'LifecycleStage', 'Owner'].map((type) => [type, 300]) : [],
  );
  return createDependencies(
    { schema, supergraph },
    new Map([
      ['crm', crmDependencies({ ...NO_LIFETIMES, freshSeconds: minutes })],
      ['payments', PAYMENTS_DEPENDENCIES],
      ['maps', mapsDependencies(caches)],
    ]),
  );
};

function prepare(text: string): PreparedOperation {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('The text has one operation.');
  return new PreparedOperation({ document, operation, hash: text });
}

const typesOf = (
  text: string,
  { caches = false, variables = {} }: { caches?: boolean; variables?: object } = {},
) => {
  const found = dependenciesWith({ caches })(prepare(text), { ...variables });
  return found && [...found.types].sort();
};

describe('the dependencies of an operation', () => {
  it.each([
    ['{ payments { nodes { id amount { amount } } } }', ['Payment']],
    ['{ payment(id: "1") { customer { name } } }', ['BillingAccount', 'Customer', 'Payment']],
    ['{ customer(id: "1") { balance { amount } } }', ['BillingAccount', 'Customer']],
    ['{ customer(id: "1") { outstanding { amount } } }', ['BillingAccount', 'Customer', 'Invoice']],
    ['{ deals { nodes { title stage { id } company { name } } } }', ['Company', 'Deal']],
    ['{ __typename }', []],
    ['{ __schema { __typename } }', []],
    // They show whether the records exist.
    ['{ customer(id: "1") { __typename } }', ['BillingAccount', 'Customer']],
    ['{ invoice(id: "1") { __typename } }', ['Invoice']],
    ['{ payments { __typename } }', ['Payment']],
    ['{ deal(id: "1") { company { __typename } } }', ['Company', 'Deal']],
    ['{ customer(id: "1") { __typename name } }', ['Customer']],
  ])('are the types whose events tell of a change: %s', (text, types) => {
    expect(typesOf(text)).toEqual(types);
  });

  it.each([
    '{ deals { nodes { stage { label } } } }',
    '{ owners { nodes { name } } }',
    '{ owners { nodes { id } } }',
    '{ pipelines { id } }',
    '{ pipelines { __typename } }',
    '{ lifecycleStages { id } }',
    '{ customer(id: "1") { address { timeZone } } }',
    '{ customer(id: "1") { address { place { id } } } }',
    '{ capabilities { ignoresEmailCase } }',
    '{ places(search: "cafe") { nodes { name } } }',
    'mutation { refundPayment(input: { paymentId: "1", idempotencyKey: "1" }) { refund { id } } }',
  ])('are unknown where a value can change without an event: %s', (text) => {
    expect(typesOf(text)).toBeUndefined();
  });

  it('leave out what a condition leaves out', () => {
    const text =
      'query ($with: Boolean!) { payments { nodes { id } } owners @include(if: $with) { nodes { name } } }';
    expect(typesOf(text, { variables: { with: false } })).toEqual(['Payment']);
    expect(typesOf(text, { variables: { with: true } })).toBeUndefined();
  });

  it('are known for most of the examples where places and catalogues are cached', () => {
    const files = [
      ...readdirSync(new URL('../../../../examples/operations/', import.meta.url))
        .filter((name) => name.endsWith('.graphql'))
        .map((name) => `examples/operations/${name}`),
      'examples/mobile/home-screen.graphql',
    ];
    const known = (caches: boolean) =>
      files
        .filter(
          (file) =>
            typesOf(read(file), { caches, variables: { withPayments: false } }) !== undefined,
        )
        .map((file) => basename(file, '.graphql'));
    const always = ['billing-account', 'company-people', 'customer-search', 'open-invoices'];
    const withCaches = ['customers', 'deals-board', 'payment-origin', 'home-screen'];
    expect(known(false).sort()).toEqual(always);
    expect(known(true).sort()).toEqual([...always, ...withCaches].sort());
  });
});
