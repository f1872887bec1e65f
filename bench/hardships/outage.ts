import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { startSandbox } from '../../sandbox/sandbox.ts';
import { ask, quantile } from '../load.ts';
import { startDistributed, startEmbedded, startServices } from '../targets.ts';

const PHASE_SECONDS = 20;
const DOWN_SECONDS = 60;
const CLIENTS = 4;
const PAUSE_MS = 5;

const WITHOUT_STRIPE =
  '{ companies(first: 5) { nodes { name customers(first: 2) { nodes { name } } } } }';
const WITH_STRIPE = '{ payments(first: 5) { nodes { id amount { amount } } } }';

/**
 * Stripe fails altogether for a minute, while some clients ask for payments and others for what does not need it: what load is left on it
 * after two seconds, whether the others notice, and how long it takes until payments are back.
 */
export async function measureOutage(mode: 'embedded' | 'distributed') {
  const sandbox = await startSandbox();
  const services = mode === 'distributed' ? await startServices(sandbox.environment) : undefined;
  const gateway = await (services === undefined
    ? startEmbedded(sandbox.environment)
    : startDistributed({}, services));
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
  let othersFailed = 0;
  const running = Array.from({ length: CLIENTS }, () => [
    clients(WITHOUT_STRIPE, (ms, text) => {
      times.push(ms);
      if (text.includes('"errors"')) othersFailed += 1;
    }),
    clients(WITH_STRIPE, (_ms, text) => {
      if (isBack && !text.includes('"errors"')) paymentsBackAt ??= performance.now();
    }),
  ]).flat();
  const phase = async (seconds = PHASE_SECONDS) => {
    times = [];
    await wait(seconds * 1000);
    return quantile(
      times.toSorted((a, b) => a - b),
      0.99,
    );
  };

  await phase();
  const p99Before = await phase();
  const callsBefore =
    sandbox.stripe.requests.filter(({ startedAt }) => startedAt > performance.now() - 2000).length /
    2;
  sandbox.stripe.fault = '500';
  const failedAt = performance.now();
  const p99During = await phase(DOWN_SECONDS);
  const late = sandbox.stripe.requests.filter(
    ({ startedAt }) => startedAt > failedAt + 2000,
  ).length;
  sandbox.stripe.fault = null;
  isBack = true;
  const backAt = performance.now();
  const p99After = await phase();

  isOver = true;
  await Promise.all(running);
  await pool.close();
  gateway.close();
  services?.close();
  await sandbox.close();
  return {
    callsPerSecondBefore: callsBefore,
    callsPerSecondAfterTwoSeconds: late / (DOWN_SECONDS - 2),
    othersFailed,
    p99Ratio: p99During / ((p99Before + p99After) / 2),
    paymentsBackAfterMs: paymentsBackAt === undefined ? null : paymentsBackAt - backAt,
  };
}
