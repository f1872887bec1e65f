import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { FastifyBaseLogger } from 'fastify';
import type { GraphQLSchema } from 'graphql';
import { CostCheck, type CostOptions } from './cost-check.ts';
import { createDocumentStore } from './document-store.ts';
import { formatError } from './format-error.ts';
import { KnownOperations } from './known-operations.ts';
import { KnownOperationTypesRule, SelectionDepthRule } from './operation-rules.ts';
import { AnswerSizes } from './operation-size.ts';
import { type AnswerRepeated, createRepeatedOperations } from './repeated-operations.ts';
import { createRequestHooks } from './request-hooks.ts';
import type { ServedContext } from './served-context.ts';
import { watchGraph } from './watched-graph.ts';

export interface GraphQLServerOptions {
  readonly graph: GatewayInterface;
  /** @default operations may cost what they like */
  readonly costs?: CostOptions | undefined;
  readonly introspection: boolean;
  readonly production: boolean;
  readonly log: FastifyBaseLogger;
}

export interface GraphQLServer {
  /** Answers everything. */
  readonly apollo: ApolloServer<ServedContext>;
  /** Answers the usual sooner. */
  readonly answerRepeated: AnswerRepeated;
  readonly currentSchema: () => GraphQLSchema;
}

/**
 * A GraphQL server that tells nobody anything: no reports, no landing page, no cache hints (their plugin wraps every
 * resolver). Batches are refused, automatic persisted queries are kept in a bounded memory.
 */
export async function startGraphQLServer({ production, log, ...options }: GraphQLServerOptions): Promise<GraphQLServer> {
  const known = new KnownOperations();
  const sizes = new AnswerSizes();
  const costs = options.costs && new CostCheck(options.costs);
  const { graph, current } = watchGraph(options.graph, (loaded) => {
    known.clear();
    costs?.load(loaded);
  });
  const apollo = new ApolloServer<ServedContext>({
    gateway: graph,
    introspection: options.introspection,
    nodeEnv: production ? 'production' : 'development',
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError,
    documentStore: createDocumentStore(),
    parseOptions: { maxLexicalTokens: MAX_TOKENS },
    validationRules: [KnownOperationTypesRule, SelectionDepthRule],
    // Apollo Server's own lines are about its configuration, never about a request.
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      createRequestHooks({ production, log, sizes, costs, known }),
    ],
  });
  await apollo.start();
  return {
    apollo,
    answerRepeated: createRepeatedOperations({ known, sizes, costs, current }),
    currentSchema: () => current().schema,
  };
}

/** Some ten times an introspection query; what is longer costs more to read and check than it can be worth. */
const MAX_TOKENS = 4000;
