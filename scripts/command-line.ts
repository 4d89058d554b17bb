import { type ParseArgsConfig, parseArgs } from 'node:util';
import { printable } from './printable.ts';

/** What whoever runs a command can do something about: its message is printed, without a trace. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command line asks for what there is not. */
export class WrongUse extends CommandError {
  override readonly name = 'WrongUse';
}

/** The command line asks for the text that explains the command, which is the message. */
class HelpRequest extends Error {}

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

/** One sentence for what somebody can do something about, the trace for what nobody foresaw. */
export function explainError(error: unknown): string {
  const { message, stack } = error as Error;
  return error instanceof CommandError ? message : String(stack);
}

/**
 * Runs a command. Its exit status is the number that `main` gives, 0 if it gives none; 2 for wrong use, and 1 for whatever else `main`
 * throws, of which `explain` makes the text for standard error.
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
