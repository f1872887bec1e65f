import { parseArgs, type ParseArgsConfig } from 'node:util';

type OptionTypes = NonNullable<ParseArgsConfig['options']>;

/**
 * Reads the arguments of a command: its options, and what stands without a name.
 * @returns undefined where an argument is none of the options, or its value is missing
 */
export function readArguments<const Options extends OptionTypes>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch {
    return undefined;
  }
}
