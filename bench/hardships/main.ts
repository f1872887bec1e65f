// What happens when vendors limit or fail, Redis goes, or callers mean ill: `npm run bench:hardships`, or parts of it:
// `-- limits outage`, `-- abuse --rounds 2 --seconds 20`, `-- attacks --repetitions 50`. docs/performance.md says what came out.
import { parseArgs } from 'node:util';
import { measureAbuse } from './abuse.ts';
import { measureAttacks } from './attacks.ts';
import { measureFloods } from './floods.ts';
import { measureLimits } from './limits.ts';
import { measureOutage } from './outage.ts';

const { values: options, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '60' },
    repetitions: { type: 'string', default: '1000' },
  },
});

const PARTS = {
  limits: measureLimits,
  outage: () => measureOutage('embedded'),
  'outage-distributed': () => measureOutage('distributed'),
  abuse: () => measureAbuse({ rounds: Number(options.rounds), seconds: Number(options.seconds) }),
  floods: () => measureFloods({ seconds: Number(options.seconds) }),
  attacks: () => measureAttacks({ repetitions: Number(options.repetitions) }),
};

for (const [name, measure] of Object.entries(PARTS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(name, await measure());
}
