import type { TypedDocumentString } from './__generated__/graphql.ts';
import type { GraphQLResult } from './fetch-persisted.ts';

export interface Step<Result> {
  /** Undefined for a heartbeat. The error `EVENTS_LOST` means that changes are missing: load the screen again. */
  readonly result: GraphQLResult<Result> | undefined;
  /** Store the newest one: the next call resumes after it. */
  readonly cursor: string | undefined;
}

/**
 * Reads a subscription by server-sent events until the connection ends, or the signal aborts: the app goes to the
 * background.
 * @param cursor of an earlier step, or of the response on the screen: all changes since then come first
 * @throws Error if the gateway refuses the request
 */
export async function* follow<Result, Variables>(
  gateway: URL,
  operation: TypedDocumentString<Result, Variables>,
  cursor: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Step<Result>> {
  const response = await fetch(gateway, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
    body: JSON.stringify({
      query: operation.toString(),
      ...(cursor !== undefined && { extensions: { resumeFrom: cursor } }),
    }),
    signal,
  });
  // A refused request has a body of JSON.
  if (!response.ok) throw new Error(`${String(response.status)} ${await response.text()}`);
  let text = '';
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) yield toStep<Result>(event);
  }
}

function toStep<Result>(event: string): Step<Result> {
  const [, cursor] = /^id: (.+)$/m.exec(event) ?? [];
  const [, data] = /^data: (.+)$/m.exec(event) ?? [];
  // The cast is safe: the types are generated from the gateway's own schema.
  const result = data === undefined ? undefined : (JSON.parse(data) as GraphQLResult<Result>);
  return { result, cursor };
}
