import { CodedError } from '../../errors/coded-error.ts';
import { createCallTrace } from '../../request/request-scope.ts';
import type { ConnectorFile, Connector } from '../../subgraphs/connect/connector-file.ts';
import { createSourceClient } from '../../subgraphs/connect/source-client.ts';
import { requestOf, type Trial } from '../../subgraphs/connect/try-connector.ts';
import type { SubgraphResources } from '../../subgraphs/subgraph-resources.ts';
import { VendorResponse } from '../../upstream/vendor-response.ts';
import type { Texts } from './read-suite.ts';

/** A connector to record, with its input. */
export interface Recording {
  readonly name: string;
  readonly target: string;
  readonly file: ConnectorFile;
  readonly connector: Connector;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly clientHeaders: Texts;
}

export type Recorded =
  | { readonly response: VendorResponse; readonly problem?: never }
  | { readonly response?: never; readonly problem: string };

/** Maximum duration of one exchange with retries, in milliseconds. */
const TIMEOUT_MS = 60_000;

/** Calls a connector with the policy of its source. Error responses are recorded, too. */
export async function recordExchange(
  { name, file, connector, variables, clientHeaders }: Recording,
  resources: SubgraphResources,
): Promise<Recorded> {
  const service = { name: file.name, title: `API ${file.name}` };
  const trial: Trial = {
    connector,
    service,
    variables: { $args: {}, $this: {}, ...variables },
    clientHeaders: { ...clientHeaders },
  };
  const { call, error } = requestOf(trial);
  if (call === undefined)
    return {
      problem: `${name}: ${error?.message ?? 'No request is made, as something that it needs is null: name its variables.'}`,
    };
  const client = createSourceClient(connector.source, service, resources);
  const responses: VendorResponse[] = [];
  try {
    const scope = { signal: AbortSignal.timeout(TIMEOUT_MS), trace: createCallTrace() };
    const explain = (response: unknown) => {
      if (response instanceof VendorResponse) responses.push(response);
      return undefined;
    };
    return { response: await client.exchange({ ...call, explain }, scope) };
  } catch (failure) {
    if (!(failure instanceof CodedError)) throw failure;
    const response = responses.at(-1);
    return response === undefined ? { problem: `${name}: ${failure.message}` } : { response };
  } finally {
    await client.close();
  }
}
