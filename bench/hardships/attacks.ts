import { setImmediate as turn } from 'node:timers/promises';
import { Pool } from 'undici';
import type { Attack } from '../../tests/abuse/attack.ts';
import { ATTACKS } from '../../tests/abuse/attacks.ts';
import { sendAttack } from '../../tests/abuse/send-attack.ts';
import { type ClosedGateway, startClosedGateway } from '../abuse/closed-gateway.ts';
import type { ProcessState } from '../abuse/watched-process.ts';
import { laterQuarters, median } from '../load.ts';
import { startVendors } from '../targets.ts';

export interface AttackOptions {
  /** How often the whole table is sent while memory is watched. */
  readonly repetitions: number;
}

const WARM_UP = 10;
const ROUNDS = 7;
const PARTS = 40;
const AT_ONCE = 8;
const SHOWN = 10;

/** How long each attack keeps the gateway from everything else, and whether any of them stays in its memory. No caller or address is limited. */
export async function measureAttacks({ repetitions }: AttackOptions) {
  const vendors = await startVendors();
  const gateway = await startClosedGateway({
    ...vendors.environment,
    ADDRESS_REQUESTS_PER_MINUTE: '1000000',
  });
  const pool = new Pool(gateway.url, { connections: AT_ONCE });
  const headers = { authorization: `Bearer ${await gateway.addKey()}` };
  let sent = 0;
  const send = async ({ name, request, status }: Attack) => {
    const answer = await sendAttack(gateway.url, request(sent++), headers, pool);
    if (answer.status !== status)
      throw new Error(
        `${name} was answered ${String(answer.status)}: ${answer.text.slice(0, 300)}`,
      );
  };

  // What is measured is a gateway that has been running for a while, as for all other figures.
  for (let time = 0; time < WARM_UP; time += 1) for (const attack of ATTACKS) await send(attack);
  const delays = await measureDelays(gateway, send);
  const memory = await measureMemory(gateway, send, repetitions);
  await pool.close();
  await gateway.close();
  vendors.close();
  console.table(delays.slice(0, SHOWN));
  return {
    attacks: ATTACKS.length,
    worstDelayMs: Math.max(...delays.map(({ delayMs }) => delayMs)),
    worstCpuMs: delays[0]?.cpuMs,
    ...memory,
  };
}

/** The median of the rounds' longest delays for each attack, and the CPU that it took, worst first: a busy machine itself is late now and then. */
async function measureDelays(gateway: ClosedGateway, send: (attack: Attack) => Promise<void>) {
  const seen = new Map(ATTACKS.map((attack) => [attack, [] as ProcessState[]]));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [attack, states] of seen) {
      await gateway.ask('delay');
      await send(attack);
      await turn();
      states.push(await gateway.ask('delay'));
    }
  }
  return [...seen]
    .map(([{ name }, states]) => ({
      name,
      delayMs: median(states.map(({ delayMaxMs }) => delayMaxMs)),
      longestMs: Math.max(...states.map(({ delayMaxMs }) => delayMaxMs)),
      cpuMs: median(states.map(({ cpuMs }) => cpuMs)),
    }))
    .sort((a, b) => b.cpuMs - a.cpuMs);
}

/** The median of the last quarter over the one of the third, as for 20,000 good requests. */
async function measureMemory(
  gateway: ClosedGateway,
  send: (attack: Attack) => Promise<void>,
  repetitions: number,
) {
  const [heap, resident]: [number[], number[]] = [[], []];
  for (let part = 0; part < PARTS; part += 1) {
    const queue = Array.from({ length: Math.ceil(repetitions / PARTS) }, () => ATTACKS)
      .flat()
      .values();
    const work = async () => {
      for (const attack of queue) await send(attack);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const { heapBytes, residentBytes } = await gateway.ask('memory');
    heap.push(heapBytes);
    resident.push(residentBytes);
  }
  const [ofHeap, ofResident] = [laterQuarters(heap), laterQuarters(resident)];
  return {
    heapMb: ofHeap.last / 1024 / 1024,
    heapGrowth: ofHeap.last / ofHeap.third,
    residentMb: ofResident.last / 1024 / 1024,
    residentGrowth: ofResident.last / ofResident.third,
  };
}
