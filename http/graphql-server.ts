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
import { createErrorFormatter } from './format-error.ts';
import { KnownOperationTypesRule, SelectionDepthRule } from './operation-rules.ts';
import { createRequestHooks } from './request-hooks.ts';
import type { ServedContext } from './served-context.ts';

export interface GraphQLServerOptions {
  readonly graph: GatewayInterface;
  readonly introspection: boolean;
  readonly production: boolean;
  readonly log: FastifyBaseLogger;
}

/**
 * A GraphQL server that tells nobody anything: no reports, no landing page, no cache hints (their plugin wraps every
 * resolver). Batches are refused, automatic persisted queries are kept in a bounded memory.
 */
export async function startGraphQLServer(options: GraphQLServerOptions): Promise<ApolloServer<ServedContext>> {
  const server = new ApolloServer<ServedContext>({
    gateway: options.graph,
    introspection: options.introspection,
    nodeEnv: options.production ? 'production' : 'development',
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError: createErrorFormatter(options.log),
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
      createRequestHooks(options),
    ],
  });
  await server.start();
  return server;
}

/** Some ten times an introspection query; what is longer costs more to read and check than it can be worth. */
const MAX_TOKENS = 4000;
