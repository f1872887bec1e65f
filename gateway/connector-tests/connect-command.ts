import type { CommandOutput } from '../access/command/keys-command.ts';
import type { Environment } from '../../settings/settings.ts';
import { runDriftCommand } from './drift-command.ts';
import { runRecordCommand } from './record-command.ts';
import { runTestCommand } from './test-command.ts';
import type { GraphNames } from './graph-names.ts';
import { CONNECT_USAGE } from './usage.ts';

/**
 * Runs `tributary connect <args>`.
 * @param names the names that a `graph.yaml` can use
 * @returns the exit code of the process
 */
export async function runConnectCommand(
  args: readonly string[],
  environment: Environment,
  output: CommandOutput,
  names: GraphNames,
): Promise<number> {
  const [action, ...rest] = args;
  if (action === 'test' && rest.includes('--drift'))
    return runDriftCommand(rest, environment, output, names);
  if (action === 'test') return runTestCommand(rest, output);
  if (action === 'record') return runRecordCommand(rest, environment, output, names);
  CONNECT_USAGE.forEach(output.report);
  return 1;
}
