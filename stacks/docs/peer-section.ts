import { linesOf } from '../../scripts/cost/model/cost-model.ts';
import { peerUsage, peerUsdPerImage } from '../../scripts/cost/model/peer-prices.ts';
import { sumOf } from '../../scripts/cost/report/cost-report.ts';
import { WORKLOADS } from '../../scripts/cost/workloads/all-workloads.ts';
import type { Workload } from '../../scripts/cost/workloads/workload.ts';
import { code, table } from '../../scripts/docs/markdown.ts';
import { prod } from '../environments/prod.ts';
import { readPeers } from '../prices/peers.ts';
import { MONTH, monthlyContext, type Stacks } from './monthly-cost.ts';

const dollars = (usd: number): string => `$${usd.toFixed(4)}`;

/** What an image costs here and with other services, by the name of the service; ours is the first. */
function perImage(stacks: Stacks, workload: Workload): Record<string, number> {
  const context = monthlyContext(stacks, prod, workload);
  const { lines } = linesOf(context);
  const usage = peerUsage(context, lines);
  const ours = sumOf(lines.map(({ usd }) => usd)).typical / usage.images;
  return { [`here, ${code(prod.name)}`]: ours, ...peerUsdPerImage(usage) };
}

/** What an image with its renditions costs in prod and with other services, with each workload. */
export function peerSection(stacks: Stacks): string {
  const columns = Object.values(WORKLOADS).map((workload) => perImage(stacks, workload));
  const rows = Object.keys(columns[0] ?? {}).map((service) => [
    service,
    ...columns.map((column) => dollars(column[service] ?? Number.NaN)),
  ]);
  const terms = Object.entries(readPeers()).map(
    ([name, { terms, source, date, read }]) =>
      `- **${name}** ([${date ? `prices of ${date}` : `read on ${read}`}](${source})): ${terms}`,
  );
  const header = [`dollars an image, in month ${MONTH}`, ...Object.keys(WORKLOADS).map(code)];
  return `${table(header, rows)}\n\n${terms.join('\n')}`;
}
