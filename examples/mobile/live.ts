// Changes of payments since the app was last open: npm start in one terminal, npx tsx examples/mobile/live.ts in
// another. Ctrl-C sends the app to the background; start it again, and it resumes at its cursor.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  HomeScreenDocument,
  PaymentUpdatesDocument,
  type PaymentUpdatesSubscription,
} from './__generated__/graphql.ts';
import { fetchPersisted, type GraphQLResult } from './fetch-persisted.ts';
import { follow } from './follow.ts';

const gateway = new URL('/graphql', process.env['GATEWAY_URL'] ?? 'http://localhost:4000');
/** On a phone: the app's local storage. */
const storage = process.env['CURSOR_FILE'] ?? join(tmpdir(), 'tributary-mobile-cursor');

const background = new AbortController();
process.once('SIGINT', () => {
  background.abort();
});

try {
  const cursor = existsSync(storage) ? readFileSync(storage, 'utf8') : await openScreen();
  console.log('Waiting for payments');
  for await (const step of follow(gateway, PaymentUpdatesDocument, cursor, background.signal)) {
    if (step.result !== undefined) console.log(describe(step.result));
    if (step.cursor !== undefined) writeFileSync(storage, step.cursor);
  }
  console.log('The gateway has ended the stream. Start again.');
} catch (error) {
  if (!background.signal.aborted) {
    console.error(`The gateway at ${gateway.origin} did not open a stream: ${String(error)}`);
    process.exitCode = 1;
  }
}

/** @returns the cursor of the loaded screen: a subscription resumes there */
async function openScreen(): Promise<string | undefined> {
  const { cursor } = await fetchPersisted(gateway, HomeScreenDocument, { first: 5 });
  if (cursor !== undefined) writeFileSync(storage, cursor);
  return cursor;
}

function describe({ data, errors = [] }: GraphQLResult<PaymentUpdatesSubscription>): string {
  if (errors.some(({ extensions }) => extensions?.code === 'EVENTS_LOST'))
    return 'Changes were missed: load the screen again';
  const change = data?.paymentChanged;
  if (!change) return errors.map(({ message }) => message).join('\n');
  const { id, kind, payment } = change;
  const now = payment
    ? `${payment.amount.amount} ${payment.amount.currency} ${payment.status.toLowerCase()}`
    : 'no longer there';
  return `${id} ${kind.toLowerCase()}: ${now}`;
}
