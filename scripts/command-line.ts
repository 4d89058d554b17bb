import { printable } from './printable.ts';

/** What whoever runs a command can do something about: its message is printed, without a trace. */
export class CommandError extends Error {
  override readonly name: string = 'CommandError';
}

/** The command line asks for what there is not. */
export class WrongUse extends CommandError {
  override readonly name = 'WrongUse';
}

/** As `parseArgs` of node:util throws what it does not know. */
const isOfParseArgs = (error: unknown): boolean =>
  String((error as NodeJS.ErrnoException).code).startsWith('ERR_PARSE_ARGS');

/** One sentence for what somebody can do something about, the trace for what nobody foresaw. */
export function explainError(error: unknown): string {
  const { message, stack } = error as Error;
  return error instanceof CommandError || isOfParseArgs(error) ? message : String(stack);
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
    process.stderr.write(`${printable(explain(error))}\n`);
    process.exit(error instanceof WrongUse || isOfParseArgs(error) ? 2 : 1);
  }
}
