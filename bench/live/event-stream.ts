import { Agent, type IncomingMessage, request } from 'node:http';
import { nextCaller } from '../credentials.ts';

/** A subscription by server-sent events. */
export interface EventStream {
  /** Waits for the next payload. @returns its arrival, by `performance.now()` */
  next(): Promise<number>;
  close(): void;
}

const QUERY = `subscription ($id: ID) { paymentChanged(id: $id) {
  payment { id status amount { amount currency } billingAccount { id } }
} }`;

/** The same fields as a query. */
export const PAYMENT_QUERY = `query ($id: ID!) {
  payment(id: $id) { id status amount { amount currency } billingAccount { id } }
}`;

export async function openEventStream(url: string, id: string): Promise<EventStream> {
  const response = await subscribe(url, id);
  let wake: ((time: number) => void) | undefined;
  const arrived: number[] = [];
  response.on('data', (chunk: Buffer) => {
    const payloads = chunk.toString().match(/^event: next$/gm)?.length ?? 0;
    for (let count = 0; count < payloads; count += 1) {
      const time = performance.now();
      if (wake === undefined) arrived.push(time);
      else {
        wake(time);
        wake = undefined;
      }
    }
  });
  return {
    next: () => {
      const time = arrived.shift();
      if (time !== undefined) return Promise.resolve(time);
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
    close: () => {
      response.destroy();
    },
  };
}

const agent = new Agent({ keepAlive: false, maxSockets: Infinity });

function subscribe(url: string, id: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${url}/graphql`,
      {
        agent,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'text/event-stream',
          ...nextCaller(),
        },
      },
      (response) => {
        if (response.statusCode === 200) resolve(response);
        else reject(new Error(`A stream was answered with ${String(response.statusCode)}.`));
      },
    );
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify({ query: QUERY, variables: { id } }));
  });
}
