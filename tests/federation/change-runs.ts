import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import type { Change, ChangeKind } from '../../events/change.ts';
import { createCallerSigning } from '../../gateway/access/services/signed-caller.ts';
import { createDistributedGraph } from '../../gateway/engines/planned/distributed-graph.ts';
import { ServiceConnections } from '../../gateway/engines/planned/service-connections.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { createCallTrace } from '../../request/request-scope.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { changeFieldsOf } from '../../subgraphs/change-fields.ts';
import { startTestGateway, SUBGRAPH_SECRET } from '../gateway/start-gateway.ts';
import { changeOfType } from '../events/changes.ts';
import { readSdl } from '../subgraphs/open-subgraph.ts';
import { type Run, type RunContext, runnerFor } from './run-operation.ts';

const ID_QUERY = `{
  Customer: customers(first: 6) { nodes { id } } Company: companies(first: 4) { nodes { id } } Deal: deals(first: 4) { nodes { id } }
  Payment: payments(first: 5) { nodes { id billingAccount { id } } } Invoice: invoices(first: 4) { nodes { id recurringPlan { id } } }
}`;

interface Ids {
  readonly nodes: readonly {
    readonly id: string;
    readonly billingAccount?: { readonly id: string } | null;
    readonly recurringPlan?: { readonly id: string } | null;
  }[];
}

/** Makes changes for fields of `Subscription`, of records of the sandbox and of records that are not there. */
export async function changeMaker(run: Run, random: () => number) {
  const { data } = await run(ID_QUERY);
  // A cast: the query says what is in it.
  const lists = data as Readonly<Record<string, Ids>>;
  const nodesOf = (name: string) => lists[name]?.nodes ?? [];
  const ids: Record<string, readonly string[]> = {
    BillingAccount: nodesOf('Payment').flatMap(({ billingAccount }) => billingAccount?.id ?? []),
    RecurringPlan: nodesOf('Invoice').flatMap(({ recurringPlan }) => recurringPlan?.id ?? []),
    CheckoutSession: [],
  };
  for (const name of Object.keys(lists)) ids[name] = nodesOf(name).map(({ id }) => id);
  const fields = changeFieldsOf(SUBGRAPHS);
  const kinds: readonly ChangeKind[] = ['UPDATED', 'UPDATED', 'CREATED', 'MERGED', 'DELETED'];
  const one = <T>(from: readonly T[], otherwise: T): T =>
    from[Math.floor(random() * from.length)] ?? otherwise;
  return (field: string): Change => {
    const type = fields[field]?.type ?? '';
    const known = ids[type] ?? [];
    const id = random() < 0.15 ? '404' : one(known, '404');
    return changeOfType(type, id, { kind: one(kinds, 'UPDATED') });
  };
}

export const contextFor = (change: Change): RunContext => ({
  scope: { signal: new AbortController().signal, trace: createCallTrace() },
  change,
});

/** A distributed gateway's graph without a server around it, over services that are asked with a signature. */
export async function startDistributedRun(sandbox: Sandbox, environment = {}) {
  const gateway = await startTestGateway({ mode: 'distributed', sandbox, environment });
  const [, ...services] = gateway.urls;
  const { graph, release } = await createDistributedGraph({
    modules: SUBGRAPHS,
    supergraph: new Supergraph(readSdl('supergraph')),
    urls: Object.fromEntries(
      SUBGRAPHS.map(({ name }, index) => [name, `${services[index] ?? ''}/graphql`]),
    ),
    serviceConnections: new ServiceConnections({ requestTimeoutMs: 10_000, traces: true }),
  });
  const sign = createCallerSigning(SUBGRAPH_SECRET, { requestTimeoutMs: 10_000 });
  const { run } = runnerFor(graph);
  return {
    run: async (query: string, variables: Record<string, unknown>, change: Change) => {
      const { scope } = contextFor(change);
      const forwarded = await sign(ANONYMOUS_CALLER, 'a test', { change, head: undefined });
      return run(query, variables, { scope: { ...scope, forwarded }, change });
    },
    close: async () => {
      await graph.close();
      await release();
      await gateway.close();
    },
  };
}
