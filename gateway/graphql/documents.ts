import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import {
  type DocumentNode,
  getOperationAST,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { CodedError } from '../../errors/coded-error.ts';
import { refuseDocument } from '../admission/document-check.ts';
import type { DocumentLimits } from '../admission/document-limits.ts';
import { PreparedOperation } from '../operation/prepared-operation.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { KnownOperationTypesRule } from './operation-rules.ts';
import { hashOf } from './persisted-queries.ts';
import type { ValidationLine } from './validation-line.ts';
import type { FormatError } from './without-suggestions.ts';

export interface DocumentsOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits;
  readonly introspection: boolean;
  readonly production: boolean;
  readonly formatError: FormatError;
  /** Shared by the whole process. */
  readonly line: ValidationLine;
}

/** The validation errors of a document, in the client's format. */
export interface InvalidDocument {
  readonly errors: readonly GraphQLFormattedError[];
}

/**
 * Caches the valid documents of recent texts. Apollo Server validates new texts one at a time, and equal texts of concurrent requests
 * once.
 */
export class Documents {
  readonly #options: DocumentsOptions;
  readonly #apollo: ApolloServer<Check>;
  readonly #valid = new LRUCache<string, ValidDocument>({
    max: MAX_TEXTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_document, text) => text.length,
  });

  private constructor(options: DocumentsOptions) {
    this.#options = options;
    this.#apollo = createApolloServer(options);
  }

  static async start(options: DocumentsOptions): Promise<Documents> {
    const documents = new Documents(options);
    await documents.#apollo.start();
    return documents;
  }

  find(text: string): ValidDocument | undefined {
    return this.#valid.get(text);
  }

  /**
   * Validates an unknown text when its turn comes.
   * @throws CodedError if it is too large, or the waiting line is full
   */
  check(text: string, scope: RequestScope): Promise<ValidDocument | InvalidDocument> {
    // Another request may have validated it meanwhile.
    return this.#options.line.run(
      scope,
      async () => this.#valid.get(text) ?? (await this.#check(text)),
    );
  }

  /** The most recently used texts. */
  recentTexts(limit: number): readonly string[] {
    return [...this.#valid.keys()].slice(0, limit);
  }

  /** Validates a text before its first request. */
  async prepare(text: string): Promise<void> {
    await this.#check(text);
  }

  async #check(text: string): Promise<ValidDocument | InvalidDocument> {
    const refusal = refuseDocument(text, this.#options.limits);
    if (refusal !== undefined) throw refusal;
    const found: DocumentNode[] = [];
    const { body } = await this.#apollo.executeOperation(
      { query: text },
      { contextValue: { take: (document) => found.push(document) } },
    );
    const [valid] = found;
    if (valid === undefined)
      return { errors: (body.kind === 'single' ? body.singleResult.errors : undefined) ?? [] };
    const document = new ValidDocument(valid, hashOf(text));
    this.#valid.set(text, document);
    return document;
  }

  stop(): Promise<void> {
    return this.#apollo.stop();
  }
}

/** A valid document and its operations, each prepared on first use. */
export class ValidDocument {
  readonly document: DocumentNode;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly hash: string;
  readonly #operations = new Map<string | undefined, PreparedOperation>();

  constructor(document: DocumentNode, hash: string) {
    this.document = document;
    this.hash = hash;
  }

  /** @returns the refusal if the operation does not exist, or the request must name one */
  operation(name: string | undefined): PreparedOperation | CodedError {
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    const operation = getOperationAST(this.document, name);
    if (operation == null) return this.#noOperation(name);
    const prepared = new PreparedOperation({ document: this.document, operation, hash: this.hash });
    this.#operations.set(name, prepared);
    return prepared;
  }

  #noOperation(name: string | undefined): CodedError {
    const names = this.document.definitions.flatMap((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION
        ? [definition.name?.value ?? 'an unnamed one']
        : [],
    );
    const received = name === undefined ? 'none' : JSON.stringify(name);
    const message = `operationName must name one of the document's operations (${names.join(', ')}), but is ${received}.`;
    return new CodedError('OPERATION_RESOLUTION_FAILURE', message);
  }
}

/** A text, its document and everything derived from its operations take 20 to 100 kB. */
const MAX_TEXTS = 500;

/** In all texts. Everything derived from a text takes about 150 bytes per character. */
const MAX_CHARACTERS = 500_000;

/** A person fixes one at a time, and a response should not list thousands. */
const MAX_VALIDATION_ERRORS = 5;

/** Receives the valid document from Apollo Server, which copies its context object. */
interface Check {
  readonly take: (document: DocumentNode) => void;
}

/**
 * Apollo Server only parses and validates: it sees no request, and a stub replaces execution. Reports, the landing page and cache
 * hints are disabled (the plugin of cache hints wraps every resolver).
 */
function createApolloServer({
  schema,
  limits,
  introspection,
  production,
  formatError,
}: DocumentsOptions): ApolloServer<Check> {
  return new ApolloServer<Check>({
    schema,
    introspection,
    nodeEnv: production ? 'production' : 'development',
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    formatError,
    persistedQueries: false,
    documentStore: null,
    parseOptions: { maxLexicalTokens: limits.tokens },
    validationRules: [KnownOperationTypesRule],
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    // Apollo Server's own lines are about its configuration, never about a request.
    logger: {
      debug: () => undefined,
      info: () => undefined,
      warn: () => undefined,
      error: () => undefined,
    },
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      {
        requestDidStart: () =>
          Promise.resolve({
            didResolveOperation: ({ document, contextValue }) => {
              contextValue.take(document);
              return Promise.resolve();
            },
            responseForOperation: () =>
              Promise.resolve({
                http: { headers: new HeaderMap() },
                body: { kind: 'single', singleResult: {} },
              }),
          }),
      },
    ],
  });
}
