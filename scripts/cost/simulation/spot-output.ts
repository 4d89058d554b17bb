import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
import { CommandError, WrongUse } from '../../command-line.ts';
import type { Workload } from '../workloads/workload.ts';
import type { InstancePrices } from './environment-simulation.ts';
import { spotTable } from './spot-table.ts';
import { markdownOfSimulation } from './spot-text.ts';

/** The seed of a command line, which is an integer of 32 bits. */
export function seedOf(text: string): number {
  const seed = Number(text);
  // The generator uses the lowest 32 bits, so that a larger seed would be the same as a smaller one.
  if (/^-?\d+$/.test(text) && seed === (seed | 0)) return seed;
  throw new WrongUse(`--seed is a whole number from ${-(2 ** 31)} to ${2 ** 31 - 1}, not ${text}.`);
}

interface SpotOutput {
  /** The name of an environment. */
  environment: string;
  workload: Workload;
  prices: InstancePrices;
  seed: number;
}

/** What the simulation of an environment's workers says: tables and lessons, or everything as JSON. */
export function spotOutput({ environment, ...input }: SpotOutput, format: 'json' | 'markdown'): string {
  const settings = ENVIRONMENTS.find(({ name }) => name === environment);
  if (!settings)
    throw new CommandError(
      `--spot simulates an environment of stacks/environments/all.ts, and ${environment} is none.`,
    );
  const table = spotTable({ settings, ...input });
  return `${format === 'json' ? JSON.stringify(table, null, 2) : markdownOfSimulation(table)}\n`;
}
