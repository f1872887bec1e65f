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
import type { CodedError } from '../errors/coded-error.ts';
import { refuseDocument } from '../limits/document-check.ts';
import type { LimitSettings } from '../limits/limit-settings.ts';
import { createDocumentStore } from './document-store.ts';
import { formatError } from './format-error.ts';
import { KnownOperations } from './known-operations.ts';
import { KnownOperationTypesRule } from './operation-rules.ts';
import { AnswerSizes } from './operation-size.ts';
import { type AnswerRepeated, createRepeatedOperations } from './repeated-operations.ts';
import { createRequestHooks } from './request-hooks.ts';
import type { ServedContext } from './served-context.ts';
import { watchGraph } from './watched-graph.ts';

export interface GraphQLServerOptions {
  readonly graph: GatewayInterface;
  readonly limits: LimitSettings;
  readonly introspection: boolean;
  readonly production: boolean;
  readonly log: FastifyBaseLogger;
}

export interface GraphQLServer {
  /** Answers everything. */
  readonly apollo: ApolloServer<ServedContext>;
  /** Answers the usual sooner. */
  readonly answerRepeated: AnswerRepeated;
  /** Why a text is refused before anything else looks at it; undefined where nothing stands against it. */
  readonly refuseText: (text: string) => CodedError | undefined;
  readonly currentSchema: () => GraphQLSchema;
}

/**
 * A GraphQL server that tells nobody anything: no reports, no landing page, no cache hints (their plugin wraps every
 * resolver). Batches are refused, automatic persisted queries are kept in a bounded memory.
 */
export async function startGraphQLServer({ limits, production, log, ...options }: GraphQLServerOptions): Promise<GraphQLServer> {
  const known = new KnownOperations();
  const sizes = new AnswerSizes();
  const { graph, current } = watchGraph(options.graph, () => {
    known.clear();
  });
  const apollo = new ApolloServer<ServedContext>({
    gateway: graph,
    introspection: options.introspection,
    nodeEnv: production ? 'production' : 'development',
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError,
    documentStore: createDocumentStore(),
    parseOptions: { maxLexicalTokens: limits.document.tokens },
    validationRules: [KnownOperationTypesRule],
    // Apollo Server's own lines are about its configuration, never about a request.
    logger: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      createRequestHooks({ production, log, sizes, known }),
    ],
  });
  await apollo.start();
  return {
    apollo,
    answerRepeated: createRepeatedOperations({ known, sizes, current }),
    refuseText: (text) => (known.has(text) ? undefined : refuseDocument(text, limits.document)),
    currentSchema: () => current().schema,
  };
}
