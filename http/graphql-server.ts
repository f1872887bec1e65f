import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { FastifyBaseLogger } from 'fastify';
import { describeUnexpectedError } from './describe-error.ts';
import { createErrorFormatter } from './format-error.ts';
import { KnownOperationTypesRule, operationResolution, plainJsonStatus, SelectionDepthRule } from './operation-rules.ts';
import type { ServedContext } from './served-context.ts';
import { operationSize } from './operation-size.ts';
import { upstreamReport } from './upstream-report.ts';

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
      operationResolution,
      operationSize,
      plainJsonStatus,
      logUnexpectedErrors(options.log),
      ...(options.production ? [] : [upstreamReport]),
    ],
  });
  await server.start();
  return server;
}

/** Some ten times an introspection query; what is longer costs more to read and check than it can be worth. */
const MAX_TOKENS = 4000;

const logUnexpectedErrors = (log: FastifyBaseLogger): ApolloServerPlugin => ({
  unexpectedErrorProcessingRequest({ error }) {
    log.error({ error: describeUnexpectedError(error) }, 'a request failed');
    return Promise.resolve();
  },
});
