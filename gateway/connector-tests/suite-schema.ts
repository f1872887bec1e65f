import { z } from 'zod';

const text = () => z.string('must be text');

const SCALAR = z.union([z.string(), z.number(), z.boolean()]).transform(String);

const texts = () =>
  z.record(
    z.string(),
    z.union([SCALAR, z.array(SCALAR)], 'must be text'),
    'must map names to values',
  );

const values = () => z.record(z.string(), z.unknown(), 'must map names to values');

const status = () => z.int('must be a status such as 404').min(100).max(599);

/** `$requestHeaders` of the file is `$request.headers` in mappings; the others have the same names. */
const variables = z
  .strictObject({
    $args: values().nullish(),
    $this: values().nullish(),
    $batch: z.array(values(), 'must be a list of mappings').nullish(),
    $context: values().nullish(),
    $config: values().nullish(),
    $env: values().nullish(),
    $requestHeaders: texts().nullish(),
  })
  .nullish();

const response = {
  apiResponseBody: text().optional(),
  apiResponseBodyFile: text().optional(),
  apiResponseHeaders: texts().nullish(),
  status: status().optional(),
};

const connector = { connector: text().optional(), target: text().optional(), variables };

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

const method = () => z.enum(METHODS, `must be one of ${METHODS.join(', ')}`);

const requestSchema = z.strictObject({
  method: method().optional(),
  url: text().optional(),
  scheme: text().optional(),
  origin: text().optional(),
  path: text().optional(),
  queryParams: texts().nullish(),
  headers: texts().nullish(),
  body: text().optional(),
  bodyFile: text().optional(),
});

const message = {
  message: text().optional(),
  contains_message: text().optional(),
};

const hasMessage = (expected: {
  readonly message?: unknown;
  readonly contains_message?: unknown;
}) => expected.message !== undefined || expected.contains_message !== undefined;

const MESSAGE_NEEDED = 'must have message or contains_message';

const problemSchema = z
  .strictObject({ ...message, path: text().optional() })
  .refine(hasMessage, MESSAGE_NEEDED);

const errorSchema = z
  .strictObject({ ...message, extensions: values().nullish() })
  .refine(hasMessage, MESSAGE_NEEDED);

const expectSchema = z.strictObject({
  connectorRequest: requestSchema.optional(),
  connectorRequestHttp: text().optional(),
  connectorResponse: text().optional(),
  connectorResponseFile: text().optional(),
  connectorResponseHeaders: texts().nullish(),
  problems: z.array(problemSchema, 'must be a list').nullish(),
  errors: z.array(errorSchema, 'must be a list').nullish(),
  error: errorSchema.optional(),
});

const commonSchema = z.strictObject({
  ...connector,
  ...response,
  expectedResponse: text().optional(),
  expectedResponseFile: text().optional(),
  expectedRequestMethod: method().optional(),
  expectedRequestUrl: text().optional(),
  expectedRequestScheme: text().optional(),
  expectedRequestOrigin: text().optional(),
  expectedRequestPath: text().optional(),
  expectedRequestQueryParams: texts().nullish(),
  expectedRequestHeaders: texts().nullish(),
});

const MAX_TESTS = 2000;

/**
 * A test file in rover's format: https://www.apollographql.com/docs/graphos/connectors/testing. Its documentation has both `connector` and
 * `target`, and both `error` and `errors`.
 */
export const suiteSchema = z.strictObject({
  config: z
    .strictObject({
      schema: text().optional(),
      name: text().optional(),
      common: commonSchema.nullish(),
    })
    .nullish(),
  tests: z
    .array(
      z.strictObject({
        name: text(),
        ...connector,
        skip: z.boolean('must be true or false').optional(),
        ...response,
        expect: expectSchema.nullish(),
      }),
      'must be a list',
    )
    .max(MAX_TESTS, `must have at most ${String(MAX_TESTS)} tests`),
});

export type SuiteData = z.output<typeof suiteSchema>;
export type TestData = SuiteData['tests'][number];
export type CommonData = z.output<typeof commonSchema>;
export type RequestData = z.output<typeof requestSchema>;
export type ExpectedMessage = z.output<typeof problemSchema> & z.output<typeof errorSchema>;
