import type { Sandbox } from '../../../sandbox/sandbox.ts';
import type { TestGateway } from '../start-gateway.ts';

/** The ids of some records that belong together, and of those made later. Deleted ones stay. */
export interface Records {
  readonly contacts: string[];
  readonly companies: string[];
  readonly deals: string[];
  readonly accounts: string[];
  readonly payments: string[];
  readonly invoices: string[];
  readonly plans: string[];
  readonly methods: string[];
  readonly disputes: string[];
  readonly prices: string[];
  readonly emails: string[];
}

interface Node {
  readonly id: string;
}
interface List {
  readonly nodes: readonly Node[];
}
interface Person extends Node {
  readonly email: string | null;
  readonly company: Node | null;
  readonly deals: List;
  readonly billingAccounts: readonly Node[] | null;
  readonly payments: List;
  readonly invoices: List;
  readonly recurringPlans: List;
  readonly paymentMethods: List;
}

const PEOPLE = `{ customers(first: 20) { nodes {
  id email company { id } billingAccounts { id }
  deals(first: 3) { nodes { id } } payments(first: 4) { nodes { id } } invoices(first: 4) { nodes { id } }
  recurringPlans(first: 3) { nodes { id } } paymentMethods(first: 3) { nodes { id } }
} } }`;

/** The records of the few customers that have the most of them. */
export async function readRecords(gateway: TestGateway): Promise<Records> {
  const { data, errors } = await gateway.query(PEOPLE);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  const all = data.customers.nodes as readonly Person[];
  const countOf = ({ payments, invoices, recurringPlans, deals }: Person) =>
    Math.min(2, payments.nodes.length) +
    Math.min(2, invoices.nodes.length) +
    2 * recurringPlans.nodes.length +
    deals.nodes.length;
  const people = [...all].sort((one, other) => countOf(other) - countOf(one)).slice(0, 5);
  const idsOf = (read: (person: Person) => readonly (Node | null)[] | null) => [
    ...new Set(people.flatMap((person) => (read(person) ?? []).flatMap((one) => one?.id ?? []))),
  ];
  const listed = async (path: string, filter: (one: Node) => boolean = () => true) =>
    (await listStripe(gateway.sandbox, path)).filter(filter).map(({ id }) => id);
  const disputes = await listStripe(gateway.sandbox, '/v1/disputes?limit=100');
  return {
    contacts: idsOf((person) => [person]),
    companies: idsOf(({ company }) => [company]),
    deals: idsOf(({ deals }) => deals.nodes),
    accounts: idsOf(({ billingAccounts }) => billingAccounts),
    payments: [
      ...idsOf(({ payments }) => payments.nodes),
      ...disputes.slice(0, 2).flatMap(({ payment_intent: payment }) => payment ?? []),
    ],
    invoices: idsOf(({ invoices }) => invoices.nodes),
    plans: idsOf(({ recurringPlans }) => recurringPlans.nodes),
    methods: idsOf(({ paymentMethods }) => paymentMethods.nodes),
    disputes: disputes.map(({ id }) => id),
    prices: await listed('/v1/prices?limit=20'),
    emails: people.flatMap(({ email }) => email ?? []),
  };
}

interface StripeObject extends Node {
  readonly payment_intent?: string | null;
}

async function listStripe(
  { environment }: Sandbox,
  path: string,
): Promise<readonly StripeObject[]> {
  const response = await fetch(`${String(environment['STRIPE_BASE_URL'])}${path}`, {
    headers: { authorization: `Bearer ${String(environment['STRIPE_SECRET_KEY'])}` },
  });
  // A cast: a list of the sandbox.
  return ((await response.json()) as { readonly data: readonly StripeObject[] }).data;
}
