import { html, type SafeHtml } from '@remix-run/html-template';
import { formatShare, formatUsd } from '../amounts.ts';
import { AREAS, type CostReport, sumOf } from '../cost-report.ts';
import { areaTitle } from './area-title.ts';

interface Fact {
  name: string;
  figure: string;
  sentence: string;
}

const shareOf = (part: number, whole: number): string => formatShare(whole > 0 ? part / whole : 0);

/** The difference between nothing and everything on spot. What the settings choose is between both. */
function spotFact({ compute }: CostReport): Fact | undefined {
  if (compute.length === 0) return undefined;
  const onDemand = sumOf(compute.map((each) => each.onDemand)).typical;
  const spot = sumOf(compute.map((each) => each.spot)).typical;
  return {
    name: 'Saved by everything on spot, compared with everything on demand',
    figure: formatUsd(onDemand - spot),
    sentence: `${shareOf(onDemand - spot, onDemand)} of ${formatUsd(onDemand)}. The settings are at one of these ends or in between.`,
  };
}

function largestFact({ byArea, total }: CostReport): Fact | undefined {
  const [area] = [...AREAS].sort((a, b) => byArea[b].typical - byArea[a].typical);
  if (!area || byArea[area].typical <= 0) return undefined;
  const { typical } = byArea[area];
  const sentence = `${shareOf(typical, total.typical)} of a typical month`;
  return { name: `The largest part: ${areaTitle(area)}`, figure: formatUsd(typical), sentence };
}

/** The largest of all savings that the page lists anywhere. */
function savingFact({ levers, productChanges, warnings }: CostReport): Fact | undefined {
  const savings = [
    ...levers.map(({ saves, change }) => ({ usd: saves, sentence: change })),
    ...productChanges.map(({ saves, change }) => ({ usd: saves, sentence: `${change} (a change of the product)` })),
    ...warnings.map(({ usd, code }) => ({ usd, sentence: `Heed the warning ${code}` })),
  ];
  const [best] = savings.sort((a, b) => b.usd - a.usd);
  if (!best || best.usd <= 0) return undefined;
  return { name: 'The largest saving left', figure: formatUsd(best.usd), sentence: best.sentence };
}

const factOf = ({ name, figure, sentence }: Fact): SafeHtml =>
  html`<li><strong>${name}</strong> <span class="figure">${figure}</span> <span>${sentence}</span></li>`;

/** What somebody reads who reads nothing else. */
export function headline(report: CostReport): SafeHtml {
  const { total, byArea, month, warnings } = report;
  const facts = [spotFact(report), largestFact(report), savingFact(report)].filter((fact) => fact !== undefined);
  const warned = warnings.length === 1 ? '1 warning' : `${warnings.length} warnings`;
  return html`<p class="headline">A typical month costs <strong>${formatUsd(total.typical)}</strong>.</p>
<p>If nobody did anything in month ${month}, it would cost ${formatUsd(total.minimum)}, ${formatUsd(byArea.storage.minimum)} of it for images that are stored already. With tasks, machines and the table at the limits of the settings all month long it costs ${formatUsd(total.maximum)}; what no setting limits, such as the CDN, is in that as in a typical month. <a href="#warnings">${warned}</a></p>
<ul class="facts">${facts.map(factOf)}</ul>
`;
}
