import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { handleControl, isControl } from './events/control.ts';
import { fail } from './failing.ts';
import { createFaultChoice, type FaultChoice } from './fault-choice.ts';
import type { Fault } from './faults.ts';
import type {
  SandboxVendor,
  SandboxVendorResponse,
  SandboxVendorRequest,
} from './sandbox-vendor.ts';
import { logRequest, logWrite, type LoggedRequest, type LoggedWrite } from './request-log.ts';
import { send } from './sending.ts';

/** Handling of a sandbox vendor's requests, independent of its server. */
export interface Serving {
  readonly requests: readonly LoggedRequest[];
  readonly writes: readonly LoggedWrite[];
  readonly choice: FaultChoice;
  latencyMs: number;
  /** Drops held-back requests once `signal` aborts. A client's disconnect does not cancel its request: the vendor has received it. */
  serve(incoming: IncomingMessage, outgoing: ServerResponse, signal: AbortSignal): Promise<void>;
}

export function createServing(
  sandboxVendor: SandboxVendor,
  options: { readonly latencyMs: number; readonly fault: Fault | null },
): Serving {
  const requests: LoggedRequest[] = [];
  const writes: LoggedWrite[] = [];
  const choice = createFaultChoice(options.fault);
  const underWay = new Set<SandboxVendorRequest>();

  async function holdBack(request: SandboxVendorRequest, signal: AbortSignal) {
    if (serving.latencyMs <= 0) return;
    underWay.add(request);
    await wait(serving.latencyMs, undefined, { signal }).catch(() => undefined); // It rejects when it is aborted only.
    underWay.delete(request);
  }

  /** A sandbox vendor that breaks must not take the others of its process along. */
  function carryOut(request: SandboxVendorRequest): SandboxVendorResponse {
    try {
      const answer = sandboxVendor.answer(request);
      if (answer.wrote !== undefined) logWrite(writes, request, answer.wrote);
      return answer;
    } catch (error) {
      return {
        status: 500,
        body: {
          error: `The sandbox could not answer: ${error instanceof Error ? error.message : String(error)}`,
        },
      };
    }
  }

  const serving: Serving = {
    requests,
    writes,
    choice,
    latencyMs: options.latencyMs,
    async serve(incoming, outgoing, signal) {
      const request = await readRequest(incoming);
      if (request === undefined) return;
      if (isControl(request)) {
        send(outgoing, handleControl(sandboxVendor, request));
        return;
      }
      const logged = logRequest(requests, request);
      outgoing.once(
        'close',
        () => (logged.endedAt = outgoing.writableFinished ? performance.now() : null),
      );
      const refusal = sandboxVendor.overlap?.(request, underWay) ?? null;
      await holdBack(request, signal);
      if (signal.aborted) return;
      const kind = choice.next(sandboxVendor.isWrite?.(request) ?? false);
      const answer = () => refusal ?? carryOut(request);
      if (kind === null) send(outgoing, answer());
      else fail(outgoing, kind, sandboxVendor, answer);
      if (outgoing.headersSent) logged.status = outgoing.statusCode;
    },
  };
  return serving;
}

async function readRequest(incoming: IncomingMessage): Promise<SandboxVendorRequest | undefined> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer); // A request without an encoding gives buffers.
  } catch {
    return undefined; // The client went away while sending.
  }
  const [path = '/', query = ''] = (incoming.url ?? '/').split(/\?(.*)/s);
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [name, value?.toString()]),
  );
  return {
    method: incoming.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    headers,
    body: Buffer.concat(chunks).toString(),
  };
}
