import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import { CodedError } from '../../errors/coded-error.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import { createCallTrace } from '../../request/request-scope.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import type {
  ServiceRequest,
  StandInService,
} from '../gateway/engines/planned/stand-in-service.ts';
import { comparable } from './compare.ts';
import { graphLiterals } from './graph-literals.ts';
import { startMixedGraph } from './mixed-graph.ts';
import { OperationGenerator, type RandomOperation } from './random-operation.ts';
import type { Run } from './run-operation.ts';

/** In all, in shares. */
const COUNT = Number(process.env['COUNT'] ?? 500);
const SEED = Number(process.env['SEED'] ?? 20_261_129);

/** Fields of the service: an operation without them is of no use here. */
const OF_SERVICE = /programme|bestCustomer|points|greeting|rewards/;

let sandbox: Sandbox;
let graph: Awaited<ReturnType<typeof startMixedGraph>>;
let generator: OperationGenerator;
let answer: StandInService['answer'];

beforeAll(async () => {
  sandbox = await startSandbox();
  graph = await startMixedGraph(sandbox.environment);
  ({ answer } = graph.service);
  const ours = await graphLiterals(graph.alone.run);
  generator = new OperationGenerator(
    graph.reference.schema,
    (coordinate, argument) =>
      coordinate === 'Query.programme(id:)' ? ['"1"', '"3"', '"9"'] : ours(coordinate, argument),
    SEED,
  );
}, 60_000);
afterEach(() => {
  graph.service.answer = answer;
});
afterAll(async () => {
  await graph.close();
  await sandbox.close();
});

function nextOperation(): RandomOperation {
  for (;;) {
    const operation = generator.next(5);
    if (OF_SERVICE.test(operation.query)) return operation;
  }
}

/** The reference with a service whose root fields, references or both do something else. */
function referenceWhere(change: {
  readonly roots?: () => unknown;
  readonly references?: () => unknown;
}): Run {
  const changed: Record<string, object> = {};
  for (const [type, fields] of Object.entries(graph.resolvers)) {
    changed[type] = Object.fromEntries(
      Object.entries(fields).map(([name, resolve]: [string, unknown]) => {
        const other =
          type === 'Query'
            ? change.roots
            : name === '__resolveReference'
              ? change.references
              : undefined;
        return [name, other ?? resolve];
      }),
    );
  }
  // The same map with other functions.
  return graph.referenceWith(changed).run;
}

const failingWith = (code: ErrorCode): Run => {
  const fail = () => {
    throw new CodedError(code, 'The service failed.', { service: 'loyalty' });
  };
  return referenceWhere({ roots: fail, references: fail });
};

/** An error without a code gets this one where responses are written. */
function coded(result: FormattedExecutionResult) {
  const { data, errors } = comparable(result);
  return {
    data,
    errors: errors.map((error) => error.replace('uncoded', 'INTERNAL_SERVER_ERROR')).sort(),
  };
}

const status =
  (code: number, body: string) => (_request: ServiceRequest, response: ServerResponse) =>
    void response.writeHead(code, { 'content-type': 'application/json' }).end(body);

/** What a service could put into any object to stand for fields of other subgraphs. */
const INTRUDERS = {
  name: 'Mallory',
  email: 'mallory@example.test',
  createdAt: '1970-01-01T00:00:00.000Z',
  company: { __typename: 'Company', id: '1', name: 'Mallory Ltd' },
  billingLink: { reference: null, emails: ['mallory@example.test'] },
};

/** A response with unselected fields, and entities of another type. */
function withIntruders(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withIntruders);
  if (typeof value !== 'object' || value === null) return value;
  const own = Object.entries(value).map(([name, below]) => [
    name,
    name === '_entities' && Array.isArray(below)
      ? below.map((entity: unknown) => {
          const changed = withIntruders(entity);
          return typeof changed === 'object' && changed !== null
            ? { ...changed, __typename: 'Deal' }
            : changed;
        })
      : withIntruders(below),
  ]);
  return { ...INTRUDERS, ...Object.fromEntries(own) };
}

async function expectAll(count: number, expected: Run) {
  for (let index = 0; index < count; index += 1) {
    const { query, variables } = nextOperation();
    const actual = await graph.mixed.run(query, variables);
    expect({ query, variables, ...coded(actual) }).toEqual({
      query,
      variables,
      ...coded(await expected(query, variables)),
    });
    for (const { extensions } of actual.errors ?? [])
      if (String(extensions?.['code']).startsWith('UPSTREAM_'))
        expect(extensions).toMatchObject({ service: 'loyalty' });
  }
}

describe(`generated operations over embedded subgraphs and a service that fails, seed ${String(SEED)}`, () => {
  const share = Math.ceil(COUNT / 10);

  it.each<[string, ErrorCode, StandInService['answer']]>([
    ['answers with the status 500', 'UPSTREAM_UNAVAILABLE', status(500, 'It is broken.')],
    [
      'closes the connection',
      'UPSTREAM_UNAVAILABLE',
      (_request, response) => void response.destroy(),
    ],
    ['answers with text that is not JSON', 'UPSTREAM_CONTRACT', status(200, '<html></html>')],
    ['answers with half an object', 'UPSTREAM_CONTRACT', status(200, '{"data":{"_entities":[')],
    ['answers with a list', 'UPSTREAM_CONTRACT', () => []],
    ['answers without data and errors', 'UPSTREAM_CONTRACT', () => ({ extensions: {} })],
    ['answers with data that is a list', 'UPSTREAM_CONTRACT', () => ({ data: [null] })],
    ['answers without any field', 'UPSTREAM_CONTRACT', () => ({ data: {} })],
  ])(
    'have null for its fields only, with its name in the errors: the service %s',
    async (_how, code, broken) => {
      graph.service.answer = broken;
      await expectAll(share, failingWith(code));
    },
    600_000,
  );

  it('have nulls for the fields of entities that the service does not know', async () => {
    graph.service.answer = async (request, response) => {
      const body = (await answer(request, response)) as { data?: { _entities?: unknown[] } | null };
      const entities = body.data?._entities?.map(() => null);
      return entities === undefined ? body : { data: { _entities: entities } };
    };
    await expectAll(share, referenceWhere({ references: () => null }));
  }, 600_000);

  it('ignore unselected fields and entities of other types in its responses', async () => {
    graph.service.answer = async (request, response) =>
      withIntruders(await answer(request, response));
    await expectAll(share, graph.reference.run);
  }, 600_000);

  it.each<[string, (entities: readonly unknown[]) => unknown]>([
    ['too few', (entities) => entities.slice(1)],
    ['too many', (entities) => [...entities, null]],
    ['no list of', () => ({})],
  ])(
    'have null for the fields of entities if it returns %s entities',
    async (_how, change) => {
      graph.service.answer = async (request, response) => {
        const body = (await answer(request, response)) as {
          data?: { _entities?: unknown[] } | null;
        };
        const entities = body.data?._entities;
        return entities === undefined ? body : { data: { _entities: change(entities) } };
      };
      const fail = () => {
        throw new CodedError('UPSTREAM_CONTRACT', 'The service failed.', { service: 'loyalty' });
      };
      await expectAll(share, referenceWhere({ references: fail }));
    },
    600_000,
  );

  it('have null for its fields at the deadline if it hangs', async () => {
    graph.service.answer = () => undefined;
    const expected = failingWith('UPSTREAM_TIMEOUT');
    for (let index = 0; index < Math.min(share, 5); index += 1) {
      const { query, variables } = nextOperation();
      // What others have read by then is part of the response.
      const signal = AbortSignal.timeout(3000);
      const scope = { signal, trace: createCallTrace() };
      const actual = await graph.mixed.run(query, variables, { scope });
      expect({ query, variables, ...coded(actual) }).toEqual({
        query,
        variables,
        ...coded(await expected(query, variables)),
      });
    }
  }, 600_000);
});
