import { ENVIRONMENTS } from '../../../stacks/environments/all.ts';
import { CommandError, WrongUse } from '../../command-line.ts';
import type { ModelInput } from '../model/context.ts';
import { contextOf } from '../model/cost-model.ts';
import { busiestHour } from './message-load.ts';
import { type SpotSetup, type SpotTable, type SpotTableInput, spotSetup, spotTable } from './spot-table.ts';
import { markdownOfSimulation } from './spot-text.ts';

/** The seed of a command line, which is an integer of 32 bits. */
export function seedOf(text: string): number {
  const seed = Number(text);
  // The generator uses the lowest 32 bits, so that a larger seed would be the same as a smaller one.
  if (/^-?\d+$/.test(text) && seed === (seed | 0)) return seed;
  throw new WrongUse(`--seed is a whole number from ${-(2 ** 31)} to ${2 ** 31 - 1}, not ${text}.`);
}

function tableInput(input: ModelInput, seed: number): SpotTableInput {
  const { environment } = input.environment;
  const settings = ENVIRONMENTS.find(({ name }) => name === environment);
  if (!settings)
    throw new CommandError(
      `--spot simulates an environment of stacks/environments/all.ts, and ${environment} is none.`,
    );
  const load = busiestHour(contextOf(input).traffic, input.workload);
  return { settings, workload: input.workload.name, load, prices: input.book, seed };
}

/** What would be simulated of an environment's workers with the busiest hour of a workload. */
export const spotSetupOf = (input: ModelInput, seed: number): SpotSetup => spotSetup(tableInput(input, seed));

/** The simulation of an environment's workers with the busiest hour of a workload. */
export const spotTableOf = (input: ModelInput, seed: number): SpotTable => spotTable(tableInput(input, seed));

/** What the simulation says: tables and lessons, or everything as JSON. */
export function spotOutput(input: ModelInput, seed: number, format: 'json' | 'markdown'): string {
  const table = spotTableOf(input, seed);
  return `${format === 'json' ? JSON.stringify(table, null, 2) : markdownOfSimulation(table)}\n`;
}
