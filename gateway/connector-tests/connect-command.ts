import type { CommandOutput } from '../access/command/keys-command.ts';
import { runTestCommand } from './test-command.ts';
import { CONNECT_USAGE } from './usage.ts';

/** Runs `tributary connect <args>`. @returns the exit code of the process */
export function runConnectCommand(args: readonly string[], output: CommandOutput): number {
  const [action, ...rest] = args;
  if (action === 'test') return runTestCommand(rest, output);
  CONNECT_USAGE.forEach(output.tell);
  return 1;
}
