/**
 * Clients without a credential, in a process of their own: `flooder <url> <name of the flood>`. From `begin` on, the flood comes again every
 * five seconds, until the parent says `end`.
 */
import { FLOODS, startFlood } from '../../tests/abuse/floods.ts';

const [url = '', name = ''] = process.argv.slice(2);
const flood = FLOODS.find((one) => one.name === name);
if (flood === undefined) throw new TypeError(`There is no flood "${name}".`);

const EVERY_MS = 5000;

let end: () => void = () => undefined;
const begin = () => {
  end();
  ({ end } = startFlood(flood, url));
};
let again: NodeJS.Timeout | undefined;

process.on('message', (message) => {
  if (message === 'begin') {
    begin();
    again = setInterval(begin, EVERY_MS);
  } else {
    clearInterval(again);
    end();
  }
});
process.once('disconnect', () => process.exit());
