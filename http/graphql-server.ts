import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { guardGraph } from '../access/fields/guarded-graph.ts';
import type { DecidePolicies } from '../access/fields/met-conditions.ts';
import type { Safelist } from '../access/safelist/safelist.ts';
import type { CodedError } from '../errors/coded-error.ts';
import { refuseDocument } from '../limits/document-check.ts';
import type { LimitSettings } from '../limits/limit-settings.ts';
import { AutomaticQueries } from './automatic-queries.ts';
import { CostCheck, type CostOptions } from './cost-check.ts';
import { createDocumentStore } from './document-store.ts';
import { formatError } from './format-error.ts';
import { type HeavyOperations, takeTurns } from './heavy-operations.ts';
import { KnownOperations } from './known-operations.ts';
import { KnownOperationTypesRule } from './operation-rules.ts';
import { type AskedRequest, findPersisted, type OperationParameters } from './persisted-requests.ts';
import { type AnswerRepeated, createRepeatedOperations } from './repeated-operations.ts';
import { createRequestHooks } from './request-hooks.ts';
import type { ServedContext } from './served-context.ts';
import { watchGraph } from './watched-graph.ts';
import { withoutSuggestions } from './without-suggestions.ts';

export interface GraphQLServerOptions {
  readonly graph: GatewayInterface;
  /** Undefined where every operation is expected. */
  readonly safelist: Safelist | undefined;
  readonly limits: LimitSettings;
  /** @default operations may cost what they like */
  readonly costs?: CostOptions | undefined;
  /** Whether clients may read the schema; else errors do not guess which of its names were meant. */
  readonly introspection: boolean;
  /** Decides on policies, where the schema has some. */
  readonly policies: DecidePolicies | undefined;
  /** Those of the whole process. */
  readonly heavy: HeavyOperations;
  readonly production: boolean;
  readonly log: FastifyBaseLogger;
}

export interface GraphQLServer {
  /** Puts the text in place of the id of an operation, or says why the request is refused. */
  readonly findPersisted: (request: FastifyRequest) => AskedRequest | CodedError;
  /** Answers everything. */
  readonly apollo: ApolloServer<ServedContext>;
  /** Answers the usual sooner. */
  readonly answerRepeated: AnswerRepeated;
  /** The text of a request's document where that has not been validated before; undefined where it has been, or there is none. */
  readonly findNewText: (parameters: OperationParameters) => string | undefined;
  /** Why a new text is too large to be validated; undefined where it is not, or has been validated meanwhile. */
  readonly refuseText: (text: string) => CodedError | undefined;
  readonly currentSchema: () => GraphQLSchema;
}

/**
 * A GraphQL server that tells nobody anything: no reports, no landing page, no cache hints (their plugin wraps every
 * resolver). Batches are refused, automatic persisted queries are kept in a bounded memory.
 */
export async function startGraphQLServer({ safelist, limits, production, log, ...options }: GraphQLServerOptions): Promise<GraphQLServer> {
  const known = new KnownOperations();
  const automatic = safelist?.mode === 'only' ? undefined : new AutomaticQueries();
  const format = options.introspection ? formatError : withoutSuggestions(formatError);
  const costs = new CostCheck({ answerFields: limits.answerFields, costs: options.costs });
  const { graph, current } = watchGraph(takeTurns(guardGraph(options.graph, options.policies), options.heavy), (loaded) => {
    known.clear();
    costs.load(loaded);
  });
  const apollo = new ApolloServer<ServedContext>({
    gateway: graph,
    introspection: options.introspection,
    nodeEnv: production ? 'production' : 'development',
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: format,
    persistedQueries: automatic ?? false,
    documentStore: createDocumentStore(),
    parseOptions: { maxLexicalTokens: limits.document.tokens },
    validationRules: [KnownOperationTypesRule],
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    // Apollo Server's own lines are about its configuration, never about a request.
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      createRequestHooks({
        production,
        log,
        costs,
        known,
        isListed: (text) => safelist === undefined || safelist.match(text) !== undefined,
      }),
    ],
  });
  await apollo.start();
  return {
    apollo,
    findPersisted: (request) => findPersisted(request, safelist),
    answerRepeated: createRepeatedOperations({ known, costs, automatic, formatError: format, current }),
    findNewText: ({ query, hash }) => {
      const text = query ?? (hash === undefined ? undefined : automatic?.find(hash));
      return text === undefined || known.has(text) ? undefined : text;
    },
    refuseText: (text) => (known.has(text) ? undefined : refuseDocument(text, limits.document)),
    currentSchema: () => current().schema,
  };
}

/** A person mends one after the other; a text that is nothing but errors is not answered with as many. */
const MAX_VALIDATION_ERRORS = 5;
