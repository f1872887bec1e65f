import { expect, it } from '@jest/globals';
import { runProcess, TSX } from '../../../run-process.ts';

// A process of its own: in one of Jest's, connections of other files come and go.
it('loading a supergraph makes no network call', async () => {
  const { exitCode, stdout } = await runProcess(TSX, [
    'tests/gateway/engines/planned/silence-program.ts',
  ]);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toEqual({ opened: 0, isNoticed: true });
});
