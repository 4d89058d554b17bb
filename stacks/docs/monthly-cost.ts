import { CommandError } from '../../scripts/command-line.ts';
import type { Context } from '../../scripts/cost/model/context.ts';
import { contextOf, linesOf } from '../../scripts/cost/model/cost-model.ts';
import { type CostLine, type Range, sumOf } from '../../scripts/cost/report/cost-report.ts';
import { small } from '../../scripts/cost/workloads/small.ts';
import type { Workload } from '../../scripts/cost/workloads/workload.ts';
import { environmentIn, type Stack } from '../../scripts/target-stack/synthesised-environment.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { PlatformStack } from '../platform-stack.ts';
import { readPriceBook } from '../prices/price-book.ts';
import { StorageStack } from '../storage-stack.ts';
import { type Synthesis, synthesise } from './synthesis.ts';

/** As npm run cost has it: a year is over, so that everything that lifecycle rules do within a year has happened. */
export const MONTH = 13;

/** Nothing was ever uploaded. */
const AT_REST: Workload = { ...small, name: 'at rest', imagesPerDay: 0, listCallsPerDay: 0 };

/** Whole dollars, because the cents of an estimate say nothing. */
export const wholeDollars = (usd: number): string =>
  `${usd < 0 ? '−' : ''}$${Math.abs(Math.round(usd)).toLocaleString('en')}`;

export type Stacks = Synthesis['stacks'];

/** What the lines of a month's bill depend on. */
export function monthlyContext(stacks: Stacks, { name, region }: EnvironmentSettings, workload: Workload): Context {
  const environment = environmentIn(stacks as Record<string, Stack>, { folder: 'in memory', environment: name });
  return contextOf({ environment, workload, book: readPriceBook(region), month: MONTH });
}

/** The lines of a month's bill, as npm run cost works them out. */
export const monthlyLines = (stacks: Stacks, settings: EnvironmentSettings, workload: Workload): CostLine[] =>
  linesOf(monthlyContext(stacks, settings, workload)).lines;

/** The lines of an environment with which nobody does anything. Only their minimum tells that. */
export const linesAtRest = (stacks: Stacks, settings: EnvironmentSettings): CostLine[] =>
  monthlyLines(stacks, settings, AT_REST);

/** US dollars a month. */
export const monthlyUsd = (stacks: Stacks, settings: EnvironmentSettings, workload: Workload): Range =>
  sumOf(monthlyLines(stacks, settings, workload).map(({ usd }) => usd));

/** All stacks, with those of one environment made of other settings. */
export const withSettings = (stacks: Stacks, settings: EnvironmentSettings): Stacks => ({
  ...stacks,
  ...synthesise((app) => {
    new StorageStack(app, `storage-${settings.name}`, settings);
    new PlatformStack(app, `platform-${settings.name}`, settings);
  }).stacks,
});

/** What a section says, or why it says nothing: a region may have no price book, and a book may lack the instances of other settings. */
export function orWhyNot(section: () => string): string {
  try {
    return section();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return `Not worked out: ${error.message}`;
  }
}
