import { type ParseArgsConfig, parseArgs } from 'node:util';
import { printable } from './terminal/printable.ts';

/** A failure that the user of a command can do something about. Its message is printed without a stack trace. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command line has an unknown name, a missing argument or a value that is not allowed. */
export class WrongUse extends CommandError {
  override readonly name = 'WrongUse';
}

/** The command line asks for the text that explains the command, which is the message. */
class HelpRequest extends Error {}

/** The signals by which people and machines end a command. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Reads the command line as `parseArgs` of node:util does. An option that the command does not have is wrong use, and `--help`, which
 * every command has, prints `help` and does nothing else.
 */
export function readArguments<T extends ParseArgsConfig>(help: string, config?: T): ReturnType<typeof parseArgs<T>> {
  const options = { ...config?.options, help: { type: 'boolean' } } as const;
  const parsed = parseOrRefuse({ ...config, options });
  if ((parsed.values as { help?: boolean }).help) throw new HelpRequest(help);
  return parsed as ReturnType<typeof parseArgs<T>>;
}

function parseOrRefuse<T extends ParseArgsConfig>(config: T) {
  try {
    return parseArgs(config);
  } catch (error) {
    throw new WrongUse((error as Error).message);
  }
}

/** Returns the message of an expected error, and the stack trace of an unexpected one. */
export function explainError(error: unknown): string {
  const { message, stack } = error as Error;
  return error instanceof CommandError ? message : String(stack);
}

/**
 * Runs a command. Its exit status is the number that `main` returns, or 0 if it returns none. If `main` throws, the status is 2 for wrong
 * use and 1 for any other error, and `explain` makes the text for standard error.
 */
export async function runCommand(main: () => unknown, explain = explainError): Promise<void> {
  try {
    const status = await main();
    process.exitCode = typeof status === 'number' ? status : 0;
  } catch (error) {
    if (error instanceof HelpRequest) {
      process.stdout.write(error.message);
      return;
    }
    process.stderr.write(`${printable(explain(error))}\n`);
    process.exit(error instanceof WrongUse ? 2 : 1);
  }
}
