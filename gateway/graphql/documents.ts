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
  /** That of the whole process. */
  readonly line: ValidationLine;
}

/** Why a document is not valid, as the client gets it. */
export interface InvalidDocument {
  readonly errors: readonly GraphQLFormattedError[];
}

/**
 * The documents that were found valid, those of the last texts. A new text is checked by Apollo Server, one after the other, and each once
 * however many requests bring it.
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
   * Checks a text that is not known, once its turn comes.
   * @throws CodedError where it is too large to be checked, or there is no turn for it
   */
  check(text: string, scope: RequestScope): Promise<ValidDocument | InvalidDocument> {
    // Another request may have brought it meanwhile.
    return this.#options.line.run(
      scope,
      async () => this.#valid.get(text) ?? (await this.#check(text)),
    );
  }

  /** The texts that were asked for last, at most so many. */
  recentTexts(limit: number): readonly string[] {
    return [...this.#valid.keys()].slice(0, limit);
  }

  /** Makes a text known before the first request comes. */
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

/** A valid document and its operations, prepared as they are asked for. */
export class ValidDocument {
  readonly document: DocumentNode;
  /** SHA-256 of the text, in hexadecimal digits. */
  readonly hash: string;
  readonly #operations = new Map<string | undefined, PreparedOperation>();

  constructor(document: DocumentNode, hash: string) {
    this.document = document;
    this.hash = hash;
  }

  /** @returns why the request is refused where there is no such operation, or the request has to say which */
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

/** A text with its document, and all that is derived from its operations, takes some 20 to 100 kB. */
const MAX_TEXTS = 500;

/** Of all texts together: what is made of a text takes some 150 bytes for each of its characters. */
const MAX_CHARACTERS = 500_000;

/** A person fixes one after the other; a text that is nothing but errors is not answered with as many. */
const MAX_VALIDATION_ERRORS = 5;

/** Takes the document that Apollo Server found valid; it copies the object that it is given. */
interface Check {
  readonly take: (document: DocumentNode) => void;
}

/**
 * Apollo Server parses and validates; it sees no request, and what it would execute is answered by a stub. It sends nothing: no
 * reports, no landing page, no cache hints (their plugin wraps every resolver).
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
