import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { ask, quantile } from '../load.ts';
import { startEmbedded } from '../targets.ts';

const PHASE_SECONDS = 20;
const CLIENTS = 4;
const PAUSE_MS = 5;

const WITHOUT_STRIPE = '{ companies(first: 5) { nodes { name customers(first: 2) { nodes { name } } } } }';
const WITH_STRIPE = '{ payments(first: 5) { nodes { id amount { amount } } } }';

/**
 * Stripe fails altogether, while some clients ask for payments and others for what does not need it: what load is left on it
 * after two seconds, whether the others notice, and how long it takes until payments are back.
 */
export async function measureOutage() {
  const sandbox = await startSandbox();
  const gateway = await startEmbedded(sandbox.environment);
  const pool = new Pool(gateway.url);
  let isOver = false;
  let times: number[] = [];
  const clients = async (query: string, onAnswer: (ms: number, text: string) => void) => {
    while (!isOver) {
      const begun = performance.now();
      const { text } = await ask(pool, { path: '/graphql', body: JSON.stringify({ query }) });
      onAnswer(performance.now() - begun, text);
      await wait(PAUSE_MS);
    }
  };
  let paymentsBackAt: number | undefined;
  let isBack = false;
  const running = Array.from({ length: CLIENTS }, () => [
    clients(WITHOUT_STRIPE, (ms) => times.push(ms)),
    clients(WITH_STRIPE, (_ms, text) => {
      if (isBack && !text.includes('"errors"')) paymentsBackAt ??= performance.now();
    }),
  ]).flat();
  const phase = async () => {
    times = [];
    await wait(PHASE_SECONDS * 1000);
    return quantile(
      times.toSorted((a, b) => a - b),
      0.99,
    );
  };

  await phase();
  const p99Before = await phase();
  const callsBefore = sandbox.stripe.requests.filter(({ startedAt }) => startedAt > performance.now() - 2000).length / 2;
  sandbox.stripe.fault = '500';
  const failedAt = performance.now();
  const p99During = await phase();
  const late = sandbox.stripe.requests.filter(({ startedAt }) => startedAt > failedAt + 2000).length;
  sandbox.stripe.fault = null;
  isBack = true;
  const backAt = performance.now();
  const p99After = await phase();

  isOver = true;
  await Promise.all(running);
  await pool.close();
  gateway.close();
  await sandbox.close();
  return {
    callsPerSecondBefore: callsBefore,
    callsPerSecondAfterTwoSeconds: late / (PHASE_SECONDS - 2),
    p99Ratio: p99During / ((p99Before + p99After) / 2),
    paymentsBackAfterMs: paymentsBackAt === undefined ? null : paymentsBackAt - backAt,
  };
}
