import { createInterface } from 'node:readline';
import { FileLog } from '../../events/log/file/file-log.ts';
import type { ChangeLog } from '../../events/log/change-log.ts';
import { eventOf } from './changes.ts';
import { HOUR, openRedisLog } from './log/logs.ts';

// Appends an event for each line of its input to a file or to Redis, and prints the result: `stored 17`, `duplicate 17`, `refused 17`.
const [place = ''] = process.argv.slice(2);
const log: ChangeLog = place.startsWith('redis:')
  ? await openRedisLog({ url: place }, { mustSync: true })
  : await FileLog.open({ file: place, retentionMs: HOUR, segmentBytes: 200_000 });
process.stdout.write('opened\n');
for await (const key of createInterface(process.stdin))
  void log
    .append([eventOf(key)])
    .then(
      ([result]) => String(result),
      () => 'refused',
    )
    .then((result) => process.stdout.write(`${result} ${key}\n`));
await log.close();
