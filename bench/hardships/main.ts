// What happens when vendors limit or fail and Redis goes: `npm run bench:hardships`, or parts of it: `-- limits outage`.
// docs/performance.md says what came out.
import { measureLimits } from './limits.ts';
import { measureOutage } from './outage.ts';

const PARTS = {
  limits: measureLimits,
  outage: () => measureOutage('embedded'),
  'outage-distributed': () => measureOutage('distributed'),
};

const names = process.argv.slice(2);
for (const [name, measure] of Object.entries(PARTS)) {
  if (names.length > 0 && !names.includes(name)) continue;
  console.log(name, await measure());
}
