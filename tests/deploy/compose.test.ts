import { expect, it } from '@jest/globals';
import { runProcess } from '../run-process.ts';

it('the compose file follows the schema of Compose, and has no error that dclint knows', async () => {
  const { exitCode, stdout } = await runProcess('node_modules/dclint/bin/dclint.cjs', [
    '--quiet',
    'deploy/compose.yaml',
  ]);
  expect([stdout.trim(), exitCode]).toEqual(['', 0]);
});
