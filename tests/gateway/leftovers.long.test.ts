import { beforeAll, describe, expect, it } from '@jest/globals';
import { runProcess, TSX } from '../run-process.ts';

const FAULTS = ['hang', 'drip', 'reset-after', 'truncate', '429-retry-after'] as const;

interface Leftovers {
  readonly fault: string;
  readonly errors: readonly [number, number];
  readonly before: readonly string[];
  readonly after: readonly string[];
}

describe.each(['embedded', 'distributed'] as const)('%s', (mode) => {
  let leftovers: readonly Leftovers[];
  beforeAll(async () => {
    const { exitCode, stdout, stderr } = await runProcess(TSX, [
      'tests/gateway/leftovers-program.ts',
      mode,
      ...FAULTS,
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    leftovers = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Leftovers);
  }, 60_000);

  it.each(FAULTS)(
    'a vendor that answers with %s leaves no timer, no connection and no unhandled rejection',
    (fault) => {
      const found = leftovers.find((line) => line.fault === fault);
      expect(found?.errors.map((count) => count > 0)).toEqual([true, true]);
      expect(found?.after).toEqual(found?.before);
    },
  );
});
