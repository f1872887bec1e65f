import type { CommandOutput } from '../access/command/keys-command.ts';
import type { Environment } from '../../settings/settings.ts';
import { runDriftCommand } from './drift-command.ts';
import { runRecordCommand } from './record-command.ts';
import { runTestCommand } from './test-command.ts';
import { CONNECT_USAGE } from './usage.ts';

/**
 * Runs `tributary connect <args>`.
 * @param builtIn are the names of the built-in subgraphs
 * @returns the exit code of the process
 */
export async function runConnectCommand(
  args: readonly string[],
  environment: Environment,
  output: CommandOutput,
  builtIn: readonly string[],
): Promise<number> {
  const [action, ...rest] = args;
  if (action === 'test' && rest.includes('--drift'))
    return runDriftCommand(rest, environment, output, builtIn);
  if (action === 'test') return runTestCommand(rest, output);
  if (action === 'record') return runRecordCommand(rest, environment, output, builtIn);
  CONNECT_USAGE.forEach(output.tell);
  return 1;
}
