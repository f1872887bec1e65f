import { existsSync, readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterEach, describe, expect, it } from '@jest/globals';
import { withoutAccessRules } from '../../../../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../../../../gateway/supergraph/supergraph.ts';
import type { Planner } from '../../../../gateway/engines/planned/planning/plan.ts';
import { planHere } from '../../../../gateway/engines/planned/planning/planner.ts';
import { planInThread } from '../../../../gateway/engines/planned/planning/planner-thread.ts';

const PROGRAM = new URL('../../../../dist/planner.js', import.meta.url);
const isBuilt = existsSync(PROGRAM);
if (!isBuilt) console.warn('Skipped: the built programs are not there; run `npm run build`.');

const SUPERGRAPH = withoutAccessRules(
  new Supergraph(readFileSync('schema/supergraph.graphql', 'utf8')),
);
const BROKEN = new URL('data:text/javascript,throw new Error("No plans today.")');

/** Customers, their payments, those payments' customers, and so on. */
const nested = (depth: number): string =>
  depth === 0
    ? 'id'
    : `id name payments(first: 1) { nodes { id customer { ${nested(depth - 1)} company { name } } } }`;
const large = `{ ${Array.from({ length: 10 }, (_, index) => `a${String(index)}: customers(first: 1) { nodes { ${nested(4)} } }`).join(' ')} }`;

let planner: Planner | undefined;
afterEach(() => planner?.close());

(isBuilt ? describe : describe.skip)('a thread that makes plans', () => {
  it('the planner thread makes the same plans as the planner in this thread', async () => {
    planner = planInThread(PROGRAM, SUPERGRAPH);
    const operation =
      '{ customers(first: 1) { nodes { id payments(first: 1) { nodes { id } } } } }';
    expect(await planner.plan(operation)).toEqual(await planHere(SUPERGRAPH).plan(operation));
  });

  it('a plan that takes long does not block other requests', async () => {
    planner = planInThread(PROGRAM, SUPERGRAPH);
    await planner.plan('{ customers(first: 1) { nodes { id } } }');
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    const startedAt = performance.now();
    await planner.plan(large);
    const took = performance.now() - startedAt;
    delay.disable();
    expect(delay.max / 1e6).toBeLessThan(Math.max(100, took * 0.8));
  });

  it('the planner thread reports why it refuses an operation, and continues', async () => {
    planner = planInThread(PROGRAM, SUPERGRAPH);
    await expect(planner.plan('{ nothing }')).rejects.toThrow('nothing');
    await expect(planner.plan('{ customers(first: 1) { nodes { id } } }')).resolves.toHaveProperty(
      'node',
    );
  });
});

describe('a planner thread that exits', () => {
  it('fails the pending plans, and no later ones', async () => {
    planner = planInThread(BROKEN, SUPERGRAPH);
    await expect(planner.plan('{ a }')).rejects.toThrow('No plans today.');
    await expect(planner.plan('{ a }')).rejects.toThrow('No plans today.');
  });
});
