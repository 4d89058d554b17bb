import { isDeepStrictEqual } from 'node:util';
import { AREAS, type CostLine, type Range, sumOf, sumsByArea } from '../../scripts/cost/report/cost-report.ts';
import { priceDates, priceDatesText, usedPrices } from '../../scripts/cost/report/used-prices.ts';
import { WORKLOADS } from '../../scripts/cost/workloads/all-workloads.ts';
import { medium } from '../../scripts/cost/workloads/medium.ts';
import { code, table } from '../../scripts/docs/markdown.ts';
import { ALL_SETTINGS_CHECKS } from '../checks/all-checks.ts';
import { findingsOf } from '../checks/check.ts';
import { ENVIRONMENTS } from '../environments/all.ts';
import { prod } from '../environments/prod.ts';
import type { EnvironmentSettings } from '../environments/settings.ts';
import { readPriceBook } from '../prices/price-book.ts';
import { DECIDING_SETTINGS, type DecidingSetting } from './deciding-settings.ts';
import {
  linesAtRest,
  MONTH,
  monthlyLines,
  monthlyUsd,
  orWhyNot,
  type Stacks,
  wholeDollars,
  withSettings,
} from './monthly-cost.ts';
import { peerSection } from './peer-section.ts';
import { productSection } from './product-section.ts';
import type { Synthesis } from './synthesis.ts';

const typical = ({ typical: usd }: Range): string => wholeDollars(usd);
const minimum = ({ minimum: usd }: Range): string => wholeDollars(usd);

/** The sums by area of an environment at rest, and with each of the workloads. */
function areaTable(rest: CostLine[], busy: readonly CostLine[][]): string {
  const row = (title: string, sum: (lines: CostLine[]) => Range) => [
    title,
    minimum(sum(rest)),
    ...busy.map((lines) => typical(sum(lines))),
  ];
  const areas = AREAS.map((area) => row(area, (lines) => sumsByArea(lines)[area]));
  const total = (lines: CostLine[]) => sumOf(lines.map(({ usd }) => usd));
  const extremes = (['minimum', 'maximum'] as const).map((each) => [
    `total, ${each}`,
    wholeDollars(total(rest)[each]),
    ...busy.map((lines) => wholeDollars(total(lines)[each])),
  ]);
  const rows = [
    ...areas.filter(([, ...sums]) => sums.some((sum) => sum !== '$0')),
    row('**total**', total),
    ...extremes,
  ];
  return table(['dollars a month', 'at rest', ...Object.keys(WORKLOADS).map(code)], rows);
}

/** What each environment costs a month with each workload, by area. */
const sumsSection = (stacks: Stacks): string =>
  ENVIRONMENTS.map((settings) => {
    const busy = Object.values(WORKLOADS).map((workload) => monthlyLines(stacks, settings, workload));
    const used = usedPrices({ lines: busy.flat(), compute: [] }, readPriceBook(settings.region));
    const heading = `### ${settings.name}\n\nIn ${settings.region}, by ${priceDatesText(priceDates(used))}, with what is stored in month ${MONTH}.`;
    return `${heading}\n\n${areaTable(linesAtRest(stacks, settings), busy)}`;
  }).join('\n\n');

export const valueAt = (settings: EnvironmentSettings, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], settings);

const shown = (value: unknown): string => {
  if (value === undefined) return 'none';
  return Array.isArray(value) ? value.map(code).join(' ') : code(String(value));
};

function changeOf(usd: number): string {
  const whole = wholeDollars(Math.abs(usd));
  if (whole === '$0') return 'the same';
  return usd < 0 ? `saves ${whole}` : `costs ${whole} more`;
}

/** The settings with a step of one of them. */
export function stepped({ step }: DecidingSetting, settings: EnvironmentSettings): EnvironmentSettings {
  const changed = structuredClone(settings);
  step(changed);
  return changed;
}

/** The rules by which synth refuses settings, beyond those by which it refuses others. */
export function refusedBy(changed: EnvironmentSettings, others: EnvironmentSettings): string[] {
  const refusals = (settings: EnvironmentSettings) =>
    ALL_SETTINGS_CHECKS.flatMap(({ id, find }) => findingsOf(find(settings)).map((finding) => ({ id, finding })));
  const known = refusals(others).map(({ finding }) => finding);
  return [...new Set(refusals(changed).flatMap(({ id, finding }) => (known.includes(finding) ? [] : id)))];
}

/** What the step risks and, where an environment may not take it, by which rule. */
function risksOf({ risks }: DecidingSetting, changed: EnvironmentSettings): string {
  const rules = refusedBy(changed, prod);
  return rules.length === 0 ? risks : `${risks} Refused in ${code(prod.name)}: ${rules.map(code).join(', ')}`;
}

/** No row where the environment has the setting already. */
function settingRows(row: DecidingSetting, stacks: Stacks, now: Range): string[][] {
  const changed = stepped(row, prod);
  if (isDeepStrictEqual(changed, prod)) return [];
  const then = monthlyUsd(withSettings(stacks, changed), changed, medium);
  const steps = row.settings.map(
    (path) => `${code(path)}: ${shown(valueAt(prod, path))} to ${shown(valueAt(changed, path))}`,
  );
  const usd = [then.typical - now.typical, then.maximum - now.maximum].map(changeOf);
  return [[steps.join('<br>'), row.does, ...usd, risksOf(row, changed), row.decides]];
}

/** The settings that decide the bill, with what a step of each changes in prod with the workload medium. */
function settingsTables(stacks: Stacks): string {
  const now = monthlyUsd(stacks, prod, medium);
  const header = [
    'setting, and the step',
    'what it does',
    'typical month',
    'month at its maximum',
    'what the step risks',
    'who decides',
  ];
  return Object.entries(DECIDING_SETTINGS)
    .map(
      ([area, rows]) =>
        `### ${area}\n\n${table(
          header,
          rows.flatMap((row) => settingRows(row, stacks, now)),
        )}`,
    )
    .join('\n\n');
}

/** What each environment costs a month before anybody uses it. */
export const restTable = ({ stacks }: Synthesis): string =>
  orWhyNot(() =>
    table(
      ['environment', 'a month'],
      ENVIRONMENTS.map((settings) => [
        code(settings.name),
        `about ${minimum(sumOf(linesAtRest(stacks, settings).map(({ usd }) => usd)))} at rest`,
      ]),
    ),
  );

/** The same for one environment as a sentence, with the areas that it is made of. */
export const restSentence = ({ stacks }: Synthesis, settings: EnvironmentSettings): string =>
  orWhyNot(() => {
    const lines = linesAtRest(stacks, settings);
    const areas = Object.entries(sumsByArea(lines)).filter(([, usd]) => usd.minimum >= 1);
    const parts = areas.sort(([, a], [, b]) => b.minimum - a.minimum).map(([area, usd]) => `${area} ${minimum(usd)}`);
    const total = minimum(sumOf(lines.map(({ usd }) => usd)));
    return `About ${total} a month at rest, in ${settings.region}: ${parts.join(', ')}.`;
  });

/** The parts of docs/finance.md that are worked out. */
export const financeSections = ({ stacks }: Synthesis): Record<string, string> => ({
  sums: orWhyNot(() => sumsSection(stacks)),
  peers: orWhyNot(() => peerSection(stacks)),
  'product-changes': orWhyNot(() => productSection(stacks)),
  'deciding-settings': orWhyNot(() => settingsTables(stacks)),
});
