import type { GraphQLDataSource, GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import type { GatewayGraphQLResponse } from '@apollo/server-gateway-interface';
import { type DocumentNode, type GraphQLFormattedError, parse } from 'graphql';
import { CodedError } from '../../errors/coded-error.ts';
import { INTERNAL_ERROR, type VisibleError, visibleError } from '../../http/visible-error.ts';
import type { GatewayContext } from '../request-context.ts';
import { entityFields, rootFields } from './fetch-operation.ts';
import { distinctRepresentations, type DistinctRepresentations, placesOf, type Representation, spreadEntities } from './representations.ts';
import { addCalls, readGraphQLAnswer, type ServiceError } from './service-answer.ts';
import type { ServiceConnection } from './service-connection.ts';

/**
 * Sends the gateway's fetches to a subgraph's service. Equal representations travel once, and whatever goes wrong is an
 * error with a code at each field that was asked for.
 */
export class SubgraphSource implements GraphQLDataSource {
  readonly #connection: ServiceConnection;

  constructor(connection: ServiceConnection) {
    this.#connection = connection;
  }

  async process(options: GraphQLDataSourceProcessOptions): Promise<GatewayGraphQLResponse> {
    const fetch = readFetch(options);
    try {
      return await this.#send(fetch);
    } catch (error) {
      return { data: null, errors: failEverything(fetch, visible(error)) };
    }
  }

  async #send(fetch: Fetch): Promise<GatewayGraphQLResponse> {
    const { context, query, operationName, variables, representations } = fetch;
    const { scope } = context;
    const startedAt = performance.now();
    const sent = representations === undefined ? variables : { ...variables, representations: representations.distinct };
    const { status, bytes } = await this.#connection.post(JSON.stringify({ query, operationName, variables: sent }), scope);
    const answer = readGraphQLAnswer(bytes);
    if (answer === undefined) throw this.#connection.fail(status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_CONTRACT');
    addCalls(scope.trace, answer.calls, startedAt - scope.trace.startedAt);

    const errors = answer.errors.flatMap((error) => placeError(fetch, error));
    if (answer.data === null || representations === undefined) return { data: answer.data, errors };
    const entities = answer.data['_entities'];
    if (!Array.isArray(entities) || entities.length !== representations.distinct.length) throw this.#connection.fail('UPSTREAM_CONTRACT');
    return { data: { ...answer.data, _entities: spreadEntities(entities, representations) }, errors };
  }
}

interface Fetch {
  readonly context: GatewayContext;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Set for a fetch by `_entities`. */
  readonly representations: DistinctRepresentations | undefined;
}

function readFetch(options: GraphQLDataSourceProcessOptions): Fetch {
  const { query = '', operationName, variables = {} } = options.request;
  // Apollo's interface leaves both types open: the server makes the context, the planner the representations.
  const context = options.context as unknown as GatewayContext;
  const representations = variables['representations'] as readonly Representation[] | undefined;
  return {
    context,
    query,
    operationName,
    document: ('document' in options && options.document) || parse(query),
    variables,
    representations: representations && distinctRepresentations(representations),
  };
}

function visible(error: unknown): VisibleError {
  return error instanceof CodedError ? { message: error.message, extensions: error.extensions } : INTERNAL_ERROR;
}

function placeError(fetch: Fetch, { message, path, extensions }: ServiceError): GraphQLFormattedError[] {
  const error = visibleError(message, extensions) ?? INTERNAL_ERROR;
  if (path === undefined || path.length === 0) return failEverything(fetch, error);
  const { representations, document, variables } = fetch;
  const [, index, ...rest] = path;
  if (representations === undefined || typeof index !== 'number') return [at(path, error)];
  const type = representations.distinct[index]?.['__typename'];
  // A reference that failed is an error of each field asked of it.
  const fields = rest.length > 0 ? [rest] : entityFields(document, variables, String(type)).map((name) => [name]);
  return placesOf(index, representations).flatMap((place) => fields.map((field) => at(['_entities', place, ...field], error)));
}

function failEverything({ representations, document, variables }: Fetch, error: VisibleError): GraphQLFormattedError[] {
  if (representations === undefined) return rootFields(document, variables).map((name) => at([name], error));
  return representations.indexes.flatMap((index, place) => {
    const type = representations.distinct[index]?.['__typename'];
    return entityFields(document, variables, String(type)).map((name) => at(['_entities', place, name], error));
  });
}

const at = (path: readonly (string | number)[], { message, extensions }: VisibleError): GraphQLFormattedError => ({
  message,
  path,
  extensions: { ...extensions },
});
