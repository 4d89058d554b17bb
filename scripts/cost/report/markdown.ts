import { table } from '../../docs/markdown.ts';
import { formatNumber as amount, formatUsd as dollars } from './amounts.ts';
import { AREAS, type CostReport, type Range } from './cost-report.ts';
import { RANGE_COLUMNS, RANGE_NAMES } from './range-columns.ts';
import { sameItems } from './same-items.ts';
import { priceDatesText } from './used-prices.ts';

const cells = (usd: Range): string[] => RANGE_NAMES.map((name) => dollars(usd[name]));

/**
 * A name from elsewhere as text: what would be markup of Markdown or HTML is escaped. GitHub notifies whoever follows an @, also an escaped one, so
 * that a space without width stands between them.
 */
export const plain = (name: string): string => name.replaceAll(/[\\`*_[\]<>|~&#]/g, '\\$&').replaceAll('@', '@&#8203;');

const section = (title: string, body: string): string => (body ? `## ${title}\n\n${body}` : '');

const list = (entries: readonly string[]): string => entries.map((entry) => `- ${entry}`).join('\n');

const savings = (changes: CostReport['levers']): string =>
  list(changes.map(({ change, saves, risk }) => `${dollars(saves)}: ${change}. ${risk}`));

function areaTable({ byArea, total }: CostReport): string {
  const rows = AREAS.filter((area) => byArea[area].maximum > 0).map((area) => [area, ...cells(byArea[area])]);
  return table(['USD a month', ...RANGE_NAMES], [...rows, ['**total**', ...cells(total)]]);
}

const columnList = (): string =>
  list(Object.entries(RANGE_COLUMNS).map(([name, meaning]) => `**${name}**: ${meaning}.`));

const lineTable = ({ lines }: CostReport): string =>
  table(
    ['area', 'line', 'quantity', ...RANGE_NAMES],
    sameItems(lines).map(({ area, item, quantity, usd }) => [
      area,
      item,
      `${amount(quantity.amount)} ${quantity.unit}`,
      ...cells(usd),
    ]),
  );

const unitTable = ({ unitCosts }: CostReport): string =>
  table(
    ['unit', 'USD', 'made of'],
    unitCosts.map(({ name, usd, arithmetic }) => [name, dollars(usd), arithmetic]),
  );

const computeTable = ({ compute }: CostReport): string =>
  table(
    ['service', 'tasks', 'on demand', 'spot'],
    compute.map(({ service, tasks, onDemand, spot }) => [
      service,
      amount(tasks.typical),
      dollars(onDemand.typical),
      dollars(spot.typical),
    ]),
  );

const plans = ({ cdn }: CostReport): string =>
  cdn
    ? list([
        `as one goes: ${dollars(cdn.payAsYouGo)}`,
        ...cdn.plans.map(
          ({ name, usd, fits, why }) => `plan ${name}${fits ? `: ${dollars(usd)}, fits` : ' does not fit'}: ${why}`,
        ),
      ])
    : '';

/** The report as Markdown, for a comment or a page. */
export function markdownReport(report: CostReport): string {
  const { environment, workload, region, month, priceBook, levers, productChanges, warnings } = report;
  const prices = `By ${priceDatesText(priceBook)}${priceBook.overrides ? `, changed by ${plain(priceBook.overrides)}` : ''}.`;
  return [
    `# What ${plain(environment)} costs with the workload ${plain(workload)}`,
    `In ${region}, with the storage of month ${month}. ${prices}`,
    areaTable(report),
    columnList(),
    section('Lines', lineTable(report)),
    section('Compute for the same work', computeTable(report)),
    section('Unit costs', unitTable(report)),
    section('CDN and its web ACL', plans(report)),
    section('What would save most, each by itself: sums of several are smaller', savings(levers)),
    section('Changes of the product that would lower it most, for which there is no setting', savings(productChanges)),
    section('Warnings', list(warnings.map(({ code, sentence }) => `\`${code}\`: ${sentence}`))),
  ]
    .filter(Boolean)
    .join('\n\n')
    .concat('\n');
}
