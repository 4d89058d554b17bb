import { html } from '@remix-run/html-template';
import type { Workload } from '../workloads/workload.ts';
import type { CostReport } from './cost-report.ts';
import { leverSection, productSection, warningSection } from './html/advice-sections.ts';
import { areaSection } from './html/area-section.ts';
import { assumptionSection, type UsedPrice } from './html/assumption-section.ts';
import { cdnSection } from './html/cdn-section.ts';
import { computeSection } from './html/compute-section.ts';
import { documentOf } from './html/document.ts';
import { headline } from './html/headline.ts';
import { lineSection } from './html/line-section.ts';
import { contents, renderSection, type Section } from './html/section.ts';
import { storageSection } from './html/storage-section.ts';
import { lifeSection, unitCostSection } from './html/unit-cost-section.ts';

export interface PageContents {
  report: CostReport;
  workload: Workload;
  /** The rows of the price book that the report has used. */
  prices: readonly UsedPrice[];
}

const sectionsOf = async ({ report, workload, prices }: PageContents): Promise<Section[]> => [
  await areaSection(report),
  await computeSection(report),
  await storageSection(report),
  unitCostSection(report),
  await lifeSection(report),
  await cdnSection(report),
  leverSection(report),
  productSection(report),
  warningSection(report),
  lineSection(report),
  assumptionSection(report, workload, prices),
];

/** Renders a report as one HTML page with charts, which needs no network and no script. All text of the report is escaped. */
export async function htmlPage(page: PageContents): Promise<string> {
  const { report } = page;
  const title = `What ${report.environment} costs with the workload ${report.workload}`;
  const sections = await sectionsOf(page);
  const main = html`<h1>${title}</h1>
<p class="about">Images on AWS in ${report.region}; calculated on ${report.generated} from the settings of the environment and list prices, not from a bill.</p>
${headline(report)}${contents(sections)}
${sections.map(renderSection)}`;
  return documentOf(title, main);
}
