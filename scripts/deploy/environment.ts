import { readArguments, WrongUse } from '../command-line.ts';
import { oneEnvironment } from '../target-stack/environment-name.ts';
import { requireAccount } from '../target-stack/require-account.ts';
import { readEnvironment, type SynthesisedEnvironment } from '../target-stack/synthesised-environment.ts';
import { printable } from '../terminal/printable.ts';

/** Reports one line. */
export type Log = (line: string) => void;

export const log: Log = (line) => void process.stdout.write(`${printable(line)}\n`);

/** The options of every command that is about one environment. */
const SHARED = {
  stacks: { type: 'string', default: 'cdktf.out/stacks' },
  'dry-run': { type: 'boolean', default: false },
} as const;

type Options = NonNullable<NonNullable<Parameters<typeof readArguments>[1]>['options']>;

/** Reads a command line that names one environment. */
export function readEnvironmentOptions<Own extends Options>(help: string, own: Own) {
  const config = { args: process.argv.slice(2), allowPositionals: true, options: { ...SHARED, ...own } } as const;
  const { values, positionals } = readArguments(help, config);
  const [example = ''] = help.split('\n');
  return { environment: oneEnvironment(positionals, example), values };
}

/** A number of an option, which may have decimals but must be more than 0. */
export function positive(name: string, value: string): number {
  if (/^\d+(\.\d+)?$/.test(value) && Number(value) > 0) return Number(value);
  throw new WrongUse(`--${name} takes a number above 0, not ${value || 'nothing'}.`);
}

/** Reads an environment from its synthesised stacks, and makes sure that the credentials are of its account. */
export async function openEnvironment(stacks: string, environment: string): Promise<SynthesisedEnvironment> {
  const site = await readEnvironment(stacks, environment);
  await requireAccount(site.aws(), site);
  return site;
}
