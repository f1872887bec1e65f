import {
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  parse,
} from 'graphql';
import type { Change } from '../../../events/change.ts';
import { buildFullDocument } from '../../supergraph/api-document.ts';
import type { Supergraph } from '../../supergraph/supergraph.ts';
import type { FetchResult, SubgraphFetches } from '../../operation/subgraph-fetches.ts';
import { readVariables } from '../../operation/variable-values.ts';
import { selectedFields, type SelectedFields } from '../selected-fields.ts';
import { type CompiledOperation, compileOperation, runCompiled } from './compiled-operation.ts';
import { createEntitySource, entityTypes } from './entity-source.ts';
import { FusedContext } from './fused-context.ts';
import { buildFusedSchema } from './fused-schema.ts';
import { readFusedSupergraph } from './fused-supergraph.ts';
import { Fusion } from './fusion.ts';
import { lazy } from './lazy.ts';
import { OperationRun } from './operation-run.ts';
import { embedSubgraph, type FusedSubgraph } from './subgraph-schema.ts';
import { wantedFields } from './wanted-fields.ts';

/** @throws Error if the supergraph needs a feature that embedded execution does not support */
export function createFusedFetches(
  { document }: Supergraph,
  ownSubgraphs: readonly FusedSubgraph[],
): SubgraphFetches {
  const source = readFusedSupergraph(document);
  const { supergraph, subgraphs: added } = createEntitySource(source);
  const subgraphs = [...ownSubgraphs, ...added];
  const embedded = subgraphs.map(embedSubgraph);
  const fusion = new Fusion(supergraph, new Map(embedded.map((one) => [one.name, one])));
  const full = buildFullDocument(document);
  const typeDefs: DocumentNode = {
    ...full,
    definitions: [...full.definitions, ...parse(entityTypes(source)).definitions],
  };
  const schema = buildFusedSchema(supergraph, embedded, fusion, typeDefs);
  const graph = { supergraph, schema, fusion };

  const prepareOne = (text: string): PreparedFetch => {
    const parsed = readOperation(text);
    const compiled = compileOperation(graph, parsed);
    if (compiled === undefined)
      throw new TypeError('A fetch was expected to select nothing of the schema itself.');
    const fragments = Object.fromEntries(parsed.fragments);
    return {
      operation: parsed.operation,
      compiled,
      selected: selectedFields({ schema, operation: parsed.operation, fragments, variables: {} }),
    };
  };
  return {
    prepare: (operations) => {
      const prepared = new Map(operations.map((text) => [text, prepareOne(text)]));
      const wanted = lazy(() =>
        wantedFields(supergraph, union([...prepared.values()].map(({ selected }) => selected))),
      );
      return {
        open: (scope, change) => {
          const context = new FusedContext({
            subgraphs,
            scope,
            wanted: (name, type) => wanted()(name, type),
          });
          return {
            fetch: async (text, variables) => {
              const fetch = prepared.get(text);
              if (fetch === undefined)
                throw new TypeError('A fetch was expected to be one of those that were prepared.');
              const { coerced, errors } = readVariables(schema, fetch.operation, variables);
              if (coerced === undefined) return { data: null, errors, unknown: [] };
              const options = { notesUnknown: true, rootValue: rootValueOf(fetch, change) };
              return runFetch(fetch.compiled, new OperationRun(context, coerced, options));
            },
            forget: () => {
              context.forget();
            },
          };
        },
      };
    },
  };
}

/** The change that a subscription is executed for. Other fetches of its plan begin at `Query`. */
const rootValueOf = ({ operation }: PreparedFetch, change: Change | undefined) =>
  operation.operation === OperationTypeNode.SUBSCRIPTION ? change : undefined;

async function runFetch(compiled: CompiledOperation, run: OperationRun): Promise<FetchResult> {
  await runCompiled(compiled, run);
  const { data = null, errors = [] } = run.result();
  return { data, errors, unknown: run.unknownObjects };
}

interface PreparedFetch {
  readonly operation: OperationDefinitionNode;
  readonly compiled: CompiledOperation;
  readonly selected: SelectedFields;
}

function readOperation(text: string) {
  const { definitions } = parse(text, { noLocation: true });
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new TypeError('A fetch was expected to be an operation.');
  const fragments = new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  return { operation, fragments };
}

function union(all: readonly SelectedFields[]): SelectedFields {
  const fields = new Map<string, Set<string>>();
  for (const selected of all)
    for (const [type, names] of selected)
      fields.set(type, new Set([...(fields.get(type) ?? []), ...names]));
  return fields;
}
