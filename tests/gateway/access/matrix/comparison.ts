import { expect } from '@jest/globals';
import { type OperationDefinitionNode, print } from 'graphql';
import {
  type GatewayResponse,
  codesAndPaths,
  requestsSince,
  type TestGateway,
} from '../../start-gateway.ts';
import type { AccessTable } from './access-table.ts';
import type { Form } from './all-forms.ts';
import { expectAnswer } from './expected.ts';
import type { Sample } from './sample.ts';
import type { ScopeCaller } from './scope-callers.ts';

/** A gateway whose answers are compared with what the table of access says. */
export interface Comparison {
  /** Asks, and listens to what the vendors are asked for. */
  readonly ask: (
    text: string,
    headers: Readonly<Record<string, string>>,
  ) => Promise<GatewayResponse & { readonly calls: readonly string[] }>;
  /** The answer is that of who may see all, but for what is refused, and the vendors are asked for no more than what is allowed. */
  readonly compare: (
    form: Form,
    whole: unknown,
    caller: ScopeCaller,
    look?: (data: unknown) => unknown,
  ) => Promise<void>;
}

export interface ComparisonOptions {
  readonly gateway: TestGateway;
  readonly mode: 'embedded' | 'distributed';
  readonly sample: Sample;
  /** The headers of somebody who may see all. */
  readonly everything: Readonly<Record<string, string>>;
  readonly table: AccessTable;
}

export function createComparison(options: ComparisonOptions): Comparison {
  const { gateway, mode, sample, everything, table } = options;
  const ask: Comparison['ask'] = async (text, headers) => {
    const since = performance.now();
    const answer = await gateway.query(text, { ...sample, yes: true, no: false }, headers);
    const requests = requestsSince(since, gateway.sandbox);
    expect(answer.headers.get('x-tributary-upstream-calls')).toBe(String(requests.length));
    const calls = requests
      .map(({ method, path }) => `${method} ${path.replace(IDS, '{id}')}`)
      .sort();
    // How many go together depends on how fast the services are.
    return { ...answer, calls: mode === 'embedded' ? calls : [...new Set(calls)] };
  };
  const known = new Map<string, readonly string[]>();
  const callsFor = async (
    operation: OperationDefinitionNode | undefined,
  ): Promise<readonly string[]> => {
    if (operation === undefined) return [];
    const text = print(operation);
    const calls = known.get(text) ?? (await ask(text, everything)).calls;
    known.set(text, calls);
    return calls;
  };
  return {
    ask,
    compare: async ({ operation, text }, whole, caller, look = (data) => data) => {
      const expected = expectAnswer(operation, whole, caller.scopes, table);
      const { status, data, errors, calls } = await ask(text, caller.headers);
      const { name, code } = caller;
      expect([name, status, codesAndPaths(errors)]).toEqual([
        name,
        200,
        expected.refused.map((path) => `${code} ${path}`),
      ]);
      expect([name, look(data)]).toEqual([name, look(expected.data)]);
      expect([name, calls]).toEqual([name, await callsFor(expected.allowed)]);
    },
  };
}

/** Of what was made by a change, which has another each time. */
const IDS = /(?<=\/)(\d{6,}|[a-z]{2,4}_\w{8,})/g;
