import { existsSync } from 'node:fs';
import type { Problems } from '../configuration/environment.ts';
import type { RunningService } from './service.ts';

/** Adds the variables of `.env`, where there is one, to the process's; those that are set already win. */
export function loadEnvironmentFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}

/** Ends the process where the configuration is wrong, with a line on stderr for each problem. */
export function exitWithProblems(problems: Problems): void {
  if (problems.length === 0) return;
  console.error(problems.join('\n'));
  process.exit(1);
}

/** Ends the process as it should be when it is asked to: after the requests that are under way. */
export function drainOnSignals(service: Pick<RunningService, 'close'>): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      service.close().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}
