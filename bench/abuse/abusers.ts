/**
 * Abusive callers, in a process of their own: `abusers <url> <unlimited credential> <credential> ...`. Each sends 50 requests a second, or as
 * many as four connections can carry, alternating allowed and refused operations. Messages from the parent: `begin`; `end`, which is answered
 * with the counts of responses; `warm up`, which sends everything once without limits and is answered when done.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';
import { graphql } from '../../tests/abuse/attack.ts';
import { ATTACKS } from '../../tests/abuse/attacks.ts';
import { sendAttack } from '../../tests/abuse/send-attack.ts';

const [url = '', unlimited = '', ...credentials] = process.argv.slice(2);
const WARM_UPS = 10;
const CONNECTIONS = 4;
const PAUSE_MS = (CONNECTIONS * 1000) / 50;

/** What each is allowed, until it asks too often: a page that is as costly as any screen's. */
const COSTLY =
  '{ customers(first: 100) { nodes { id name company { name } payments(first: 3) { nodes { id } } } } }';

const answers = new Map<string, number>();
let isUnderWay = false;
let sent = 0;

async function abuse(pool: Pool, credential: string, delayMs: number): Promise<void> {
  // Callers start at different times: bursts of forty requests would be an artefact of the load generator.
  await wait(delayMs);
  while (isUnderWay) {
    const due = performance.now() + PAUSE_MS;
    sent += 1;
    const attack =
      sent % 2 === 0 ? costly() : ATTACKS[Math.floor(sent / 2) % ATTACKS.length]?.request(sent);
    if (attack === undefined) throw new TypeError('There are attacks.');
    const answer = await sendAttack(
      url,
      attack,
      { authorization: `Bearer ${credential}` },
      pool,
    ).then(
      ({ status, text }) => `${String(status)} ${codeIn(text)}`,
      () => 'connection closed',
    );
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    await wait(Math.max(0, due - performance.now()));
  }
}

/** The text is another each time. */
const costly = () => graphql(`# ${String(sent)}\n${COSTLY}`);

/** What is measured is a gateway that has been running for a while. */
async function warmUp(): Promise<void> {
  const credential = { authorization: `Bearer ${unlimited}` };
  for (let time = 0; time < WARM_UPS; time += 1) {
    for (const { request } of ATTACKS) await sendAttack(url, request((sent += 1)), credential);
    sent += 1;
    await sendAttack(url, costly(), credential);
  }
}

const codeIn = (text: string) => /"code":"(\w+)"/.exec(text)?.[1] ?? 'answered';

const pools = credentials.map(() => new Pool(url, { connections: CONNECTIONS }));
let running: Promise<unknown> = Promise.resolve();

process.on('message', (message) => {
  if (message === 'warm up') void warmUp().then(() => process.send?.(null));
  else if (message === 'begin') {
    answers.clear();
    isUnderWay = true;
    const connections = pools.flatMap((pool, index) =>
      Array.from({ length: CONNECTIONS }, () => [pool, credentials[index] ?? ''] as const),
    );
    running = Promise.all(
      connections.map(([pool, credential], index) =>
        abuse(pool, credential, (index * PAUSE_MS) / connections.length),
      ),
    );
  } else {
    isUnderWay = false;
    void running.then(() => process.send?.(Object.fromEntries(answers)));
  }
});
process.once('disconnect', () => process.exit());
