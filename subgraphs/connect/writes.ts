import { type DocumentNode, type InputValueDefinitionNode, Kind } from 'graphql';
import type { Service } from '../../errors/coded-error.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { AnyRequest } from '../../upstream/upstream-request.ts';
import { errorOfStatus, type Explain } from '../../upstream/vendor-response.ts';
import { IdempotentWriter } from '../writes/idempotent-writes.ts';
import type { Connector } from './connector-file.ts';
import { namedType, type ObjectTypes } from './object-types.ts';
import { hasOwn, valueOf } from './objects.ts';
import type { IdempotencyKey } from './source-policy.ts';

/**
 * Sends the request of a mutation, according to the policy of its source.
 * @param args the arguments of the mutation
 * @param send sends the request, and reads its response; its result must be serializable as JSON
 */
export type Write = (
  request: AnyRequest,
  args: unknown,
  scope: RequestScope,
  send: SendWrite,
) => Promise<unknown>;

type SendWrite = (request: AnyRequest, scope: RequestScope) => Promise<unknown>;

export interface WriteOptions {
  /** The SDL. */
  readonly document: DocumentNode;
  /** Its object types. */
  readonly types: ObjectTypes;
  readonly service: Service;
  readonly keyValues: KeyValueStore;
}

/** @returns undefined for a connector that reads */
export function createWrite(connector: Connector, options: WriteOptions): Write | undefined {
  if (!connector.isMutation) return undefined;
  const { idempotencyKey } = connector.source.policy;
  return idempotencyKey === undefined
    ? writeOnce(options.service)
    : writeByKey(connector, idempotencyKey, options);
}

/** For a source without idempotency keys: a write that may have been executed is not retried, here or by clients. */
const writeOnce =
  (service: Service): Write =>
  async (request, _args, scope, send) => {
    try {
      return await send(request, scope);
    } catch (error) {
      throw isOutcomeUnknown(error) ? withoutKey(error, service) : error;
    }
  };

function writeByKey(
  connector: Connector,
  { header, rememberedSeconds }: IdempotencyKey,
  { document, types, service, keyValues }: WriteOptions,
): Write {
  const writer = new IdempotentWriter({ service, keyValues, keySeconds: rememberedSeconds });
  const keyField = keyFieldOf(connector, document, types);
  return async (request, args, scope, send) => {
    const sendWith = (key: string, isRepeated: boolean) =>
      sendKeyed({ request, header, key, isRepeated, service }, scope, send);
    let sent: { readonly value: unknown } | undefined;
    const write = async (key: string, isRepeated: boolean): Promise<Outcome> => {
      sent = { value: await sendWith(key, isRepeated) };
      return toOutcome(sent.value, key);
    };
    try {
      const outcome = await writer.write(
        {
          name: connector.name,
          idempotencyKey: readKey(args, keyField),
          keyField,
          input: fingerprintOf(request, args, keyField, scope),
        },
        scope,
        { write },
      );
      if (sent !== undefined) return sent.value;
      return 'value' in outcome ? outcome.value : await sendWith(outcome.key, true);
    } catch (error) {
      // A generated key is useless to a client that has no field for it.
      throw isOutcomeUnknown(error) && keyField === undefined ? withoutKey(error, service) : error;
    }
  };
}

/** The outcome of a write: its value, or if that cannot be stored, the key for which the source repeats it. */
type Outcome = { readonly value: unknown } | { readonly key: string };

/** A value that contains errors is not JSON: the source repeats it, too. */
const toOutcome = (value: unknown, key: string): Outcome =>
  hasError(value) || JSON.stringify(value ?? null).length > MAX_STORED_CHARACTERS
    ? { key }
    : { value };

const hasError = (value: unknown): boolean =>
  value instanceof Error ||
  (typeof value === 'object' && value !== null && Object.values(value).some(hasError));

const MAX_STORED_CHARACTERS = 100_000;

/**
 * The client's idempotency key field: an argument, or a field of the argument `input`, as in the mutations of the CRM and of payments.
 * @returns undefined if the SDL declares neither
 */
function keyFieldOf(
  { type, field }: Connector,
  document: DocumentNode,
  types: ObjectTypes,
): readonly string[] | undefined {
  const args = types.get(type)?.get(field ?? '')?.arguments ?? [];
  if (args.some(isKey)) return [KEY];
  const input = args.find(({ name }) => name.value === 'input');
  const fields = document.definitions.flatMap((node) =>
    input !== undefined &&
    (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ||
      node.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION) &&
    node.name.value === namedType(input.type)
      ? (node.fields ?? [])
      : [],
  );
  return fields.some(isKey) ? ['input', KEY] : undefined;
}

const isKey = ({ name, type }: InputValueDefinitionNode) =>
  name.value === KEY && ['ID', 'String'].includes(namedType(type));

const KEY = 'idempotencyKey';

function readKey(args: unknown, keyField: readonly string[] | undefined): string | undefined {
  const key = keyField?.reduce(valueOf, args);
  return typeof key === 'string' ? key : undefined;
}

/**
 * The parts of a write that must be equal for a key. A known caller's credential may change: then the key is the
 * caller's own. Without a caller, only the headers distinguish clients.
 */
function fingerprintOf(
  { method, path, params, query, headers = {}, jsonText, form }: AnyRequest,
  args: unknown,
  keyField: readonly string[] | undefined,
  { callerId = ANONYMOUS_CALLER.id }: RequestScope,
): object {
  const compared = Object.entries(headers).filter(
    ([name]) => name !== 'authorization' || callerId === ANONYMOUS_CALLER.id,
  );
  return {
    request: { method, path, params, query, headers: Object.fromEntries(compared), jsonText, form },
    args: without(args, keyField),
  };
}

/** A client without a key retries with the generated one. */
function without(value: unknown, path: readonly string[] = []): unknown {
  const [name, ...below] = path;
  if (name === undefined || !hasOwn(value, name)) return value;
  const { [name]: part, ...others } = value;
  return below.length === 0 ? others : { ...others, [name]: without(part, below) };
}

interface KeyedRequest {
  readonly request: AnyRequest;
  readonly header: string;
  readonly key: string;
  /** Whether it may have been sent with the key before. */
  readonly isRepeated: boolean;
  readonly service: Service;
}

/**
 * A conflict can concern the key: an earlier try is still running, see
 * https://datatracker.ietf.org/doc/html/draft-ietf-httpapi-idempotency-key-header-07 section 2.6. It is a definite response only if there
 * was no earlier try.
 */
async function sendKeyed(
  { request, header, key, isRepeated, service }: KeyedRequest,
  scope: RequestScope,
  send: SendWrite,
): Promise<unknown> {
  const { trace } = scope;
  let tries = isRepeated ? 1 : 0;
  const counting: RequestScope = {
    ...scope,
    trace: {
      ...trace,
      record: (call) => {
        // These mean that nothing was executed.
        if (call.status !== 401 && call.status !== 429) tries += 1;
        trace.record(call);
      },
    },
  };
  const explain: Explain = (response) =>
    response.status === CONFLICT && tries > 0
      ? new UpstreamError('UPSTREAM_UNAVAILABLE', service, {
          status: CONFLICT,
          retryAdvice: true,
          isOutcomeUnknown: true,
          retryAfter: errorOfStatus(response, service).extensions.retryAfter,
        })
      : request.explain?.(response);
  return send(
    {
      ...request,
      semantics: 'idempotent',
      headers: { ...request.headers, [header]: key },
      explain,
    },
    counting,
  );
}

const CONFLICT = 409;

const isOutcomeUnknown = (error: unknown): error is UpstreamError =>
  error instanceof UpstreamError && error.code === 'OUTCOME_UNKNOWN';

const withoutKey = ({ status, cause }: UpstreamError, service: Service) =>
  new UpstreamError('OUTCOME_UNKNOWN', service, {
    status,
    retryable: false,
    message: `The ${service.title} did not confirm the request, so its outcome is unknown. Check what was done before you send it again: it could be done twice.`,
    cause,
  });
