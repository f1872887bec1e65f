import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kind, type OperationDefinitionNode, print } from 'graphql';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { changeFieldsOf } from '../../../subgraphs/change-fields.ts';
import { changeOfType } from '../../events/changes.ts';
import {
  codesAndPaths,
  requestsSince,
  startTestGateway,
  type TestGateway,
} from '../start-gateway.ts';
import {
  openRefused,
  openTestStream,
  type Payload,
  TRANSPORTS,
} from '../streams/open-test-stream.ts';
import { createKeyFile, type KeyFile } from './key-file.ts';
import { TABLE } from './matrix/all-forms.ts';
import { expectAnswer } from './matrix/expected.ts';
import { withTypeNames } from './matrix/forms.ts';
import {
  eachSubscription,
  fieldsOf,
  isOfSubscription,
  valuedFieldsOf,
} from './matrix/operations.ts';
import { readSample, type Sample } from './matrix/sample.ts';
import { createScopeCallers, type ScopeCaller } from './matrix/scope-callers.ts';
import { WAYS_OF_SUBSCRIPTIONS } from './matrix/ways.ts';
import { bearer, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** Alone, and beside what anybody may see, where the payload is not refused as a whole. */
const OPERATIONS = eachSubscription(WAYS_OF_SUBSCRIPTIONS, TABLE).flatMap((operation) => [
  operation,
  withTypeNamesBelowRoot(operation),
]);

/** A root field of a subscription has no `__typename` beside it. */
function withTypeNamesBelowRoot(operation: OperationDefinitionNode): OperationDefinitionNode {
  const { selectionSet } = withTypeNames(operation);
  const [, ...roots] = selectionSet.selections;
  return { ...operation, selectionSet: { ...selectionSet, selections: roots } };
}

const titleOf = (operation: OperationDefinitionNode) =>
  print(operation).replace(/\s+/g, ' ').slice('subscription All '.length, 90);

let keys: KeyFile;
let issuer: TokenIssuer;
let callers: readonly ScopeCaller[];
let everything: Record<string, string>;
beforeAll(async () => {
  keys = await createKeyFile();
  issuer = await startTokenIssuer();
  callers = await createScopeCallers(TABLE.scopes, keys, issuer);
  everything = bearer(await keys.add());
});
afterAll(async () => {
  await keys.remove();
  await issuer.close();
});

it('subscriptions lead to every protected field of Subscription and of its payloads', () => {
  const reached = new Set(OPERATIONS.flatMap((operation) => [...fieldsOf(operation, TABLE)]));
  const places = TABLE.protected.filter(isOfSubscription);
  expect(places.filter((place) => !reached.has(place))).toEqual([]);
  expect(places.length).toBeGreaterThan(7);
});

describe.each(['embedded', 'distributed'] as const)('with the %s gateway', (mode) => {
  let gateway: TestGateway;
  let ids: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const environment = {
      ...issuer.environment,
      API_KEYS_FILE: keys.path,
      ANONYMOUS_SCOPES: 'none',
      MAX_REQUESTS_PER_MINUTE: '1000000',
    };
    gateway = await startTestGateway({ mode, environment });
    ids = await idsOf(gateway, await readSample(gateway, everything), everything);
  });
  afterAll(() => gateway.close());

  let count = 0;
  /** The payload of each transport for one change, and what the vendors are asked for them. */
  const payloadsOf = async (
    operation: OperationDefinitionNode,
    headers: Readonly<Record<string, string>>,
    transports: readonly (typeof TRANSPORTS)[number][] = TRANSPORTS,
  ) => {
    const streams = await Promise.all(
      transports.map((transport) =>
        openTestStream(gateway, print(operation), { headers, transport }),
      ),
    );
    const since = performance.now();
    const type = changeFieldsOf(SUBGRAPHS)[rootFieldOf(operation)]?.type ?? '';
    const change = changeOfType(type, ids[type] ?? '');
    await gateway.events.log.append([{ key: String((count += 1)), changes: [change] }]);
    const payloads = await Promise.all(streams.map((stream) => stream.next()));
    await Promise.all(streams.map((stream) => stream.close()));
    const calls = requestsSince(since, gateway.sandbox).map(
      ({ method, path }) => `${method} ${path}`,
    );
    // How many go together depends on how fast the services are.
    return { payloads, calls: [...new Set(calls)].sort() };
  };
  /** The payload of a caller that may see everything. */
  const wholeOf = async (operation: OperationDefinitionNode) => {
    const { payloads, calls } = await payloadsOf(operation, everything, ['sse']);
    return { ...payloads[0], calls };
  };

  it.each(OPERATIONS.map((operation) => [titleOf(operation), operation] as const))(
    'payloads of each transport have exactly the allowed fields, and a caller without any gets no stream: %s',
    async (_text, operation) => {
      const whole = await wholeOf(operation);
      expect(whole.errors).toBeUndefined();
      const known = new Map<string, readonly string[]>();
      for (const caller of callers) {
        const expected = expectAnswer(operation, whole.data, caller.scopes, TABLE);
        if (expected.allowed === undefined) {
          await expectNoStream(gateway, operation, caller);
          continue;
        }
        const { payloads, calls } = await payloadsOf(operation, caller.headers);
        const refused = expected.refused.map((path) => `${caller.code} ${path}`);
        expect([caller.name, payloads.map(withoutTexts)]).toEqual([
          caller.name,
          TRANSPORTS.map(() => [expected.data, refused]),
        ]);
        const allowed = print(expected.allowed);
        const least = known.get(allowed) ?? (await wholeOf(expected.allowed)).calls;
        known.set(allowed, least);
        expect([caller.name, calls]).toEqual([caller.name, least]);
      }
    },
  );

  it('each field has a value in this test', async () => {
    const seen: string[] = [];
    for (const operation of OPERATIONS)
      seen.push(...valuedFieldsOf(operation, (await wholeOf(operation)).data, TABLE));
    const places = TABLE.protected.filter(isOfSubscription);
    expect(places.filter((place) => !seen.includes(place))).toEqual([]);
  });
});

const withoutTexts = ({ data = null, errors }: Payload) => [data, codesAndPaths(errors)];

async function expectNoStream(
  gateway: TestGateway,
  operation: OperationDefinitionNode,
  { name, headers, code }: ScopeCaller,
): Promise<void> {
  const since = performance.now();
  for (const transport of TRANSPORTS) {
    const { status, error } = await openRefused(gateway, print(operation), { headers, transport });
    expect([name, transport, status, error?.extensions?.['code']]).toEqual([
      name,
      transport,
      transport === 'websocket' ? undefined : code === 'FORBIDDEN' ? 403 : 401,
      code,
    ]);
  }
  expect(requestsSince(since, gateway.sandbox)).toEqual([]);
}

function rootFieldOf({ selectionSet }: OperationDefinitionNode): string {
  const [field] = selectionSet.selections;
  return field?.kind === Kind.FIELD ? field.name.value : '';
}

/** A record of each type, by the name of the type. */
async function idsOf(
  gateway: TestGateway,
  { customer, company, deal, payment, invoice, plan, account, line }: Sample,
  headers: Record<string, string>,
): Promise<Readonly<Record<string, string>>> {
  const { data } = await gateway.query(
    'mutation ($of: ID!, $line: ChargeLineInput!) { createCheckoutSession(input: { billingAccountId: $of, successUrl: "https://a.example", lines: [$line] }) { checkoutSession { id } } }',
    { of: account, line },
    headers,
  );
  return {
    Customer: customer,
    Company: company,
    Deal: deal,
    Payment: payment,
    Invoice: invoice,
    RecurringPlan: plan,
    BillingAccount: account,
    CheckoutSession: data.createCheckoutSession.checkoutSession.id,
  };
}
