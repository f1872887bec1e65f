// The built gateway, which tells its parent process what it holds: `measure` is answered with the heap after garbage collection, the
// threads, and the timers, sockets and ports that are open, by their kind.
import { readdirSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

process.on('message', async (message) => {
  if (message !== 'measure') return;
  for (let round = 0; round < 5; round += 1) {
    collectGarbage();
    await nextTurn();
  }
  const resources = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  process.send({
    heap: process.memoryUsage().heapUsed,
    threads: readdirSync('/proc/self/task').length,
    listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    resources,
  });
});
await import('../../dist/gateway.js');
