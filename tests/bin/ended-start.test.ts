import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, expect, it } from '@jest/globals';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { freePort } from '../state/redis-server.ts';

let program: Program;
afterEach(() => program.kill());

const ENVIRONMENT = { PORT: '0', DRAIN_DELAY_MS: '0' };

describeBuilt('a program that is to end while it starts', () => {
  it.each([
    ['SIGTERM', 'gateway.js', []],
    ['SIGINT', 'subgraph.js', ['maps']],
  ] as const)('ends at %s: %s', async (signal, file, args) => {
    // A Redis that does not respond: the program waits for it.
    const redis = createServer();
    const port = await freePort();
    await once(redis.listen(port, '127.0.0.1'), 'listening');
    const connected = once(redis, 'connection');
    program = startProgram(file, args, {
      ...ENVIRONMENT,
      REDIS_URL: `redis://127.0.0.1:${String(port)}`,
    });
    await connected;
    program.child.kill(signal);

    expect(await program.ended).toBe(0);
    expect(program.output()).not.toContain(' listens on ');
    redis.close();
  });

  it.each([
    ['gateway.js', []],
    ['subgraph.js', ['maps']],
  ] as const)('ends without an error if its parent has exited: %s', async (file, args) => {
    program = startProgram(file, args, ENVIRONMENT);
    program.child.disconnect();

    expect(await program.ended).toBe(0);
    expect(program.output()).not.toContain(' listens on ');
    expect(program.output()).not.toMatch(/^ +at /m);
  });
});
