import type { CostReport } from '../../../scripts/cost/report/cost-report.ts';
import type { PageContents } from '../../../scripts/cost/report/html-page.ts';
import { samplePage, sampleReport } from './sample-report.ts';

/** Texts that become something else where a page does not escape them. */
export const HOSTILE: readonly string[] = [
  '<script>document.title = "hostile"</script>',
  '</title></style></svg></table><img src=x onerror="document.title = \'hostile\'">',
  '"><a href="javascript:alert(1)" onmouseover=\'alert(1)\'>',
  "' autofocus onfocus='alert(1)",
  '<!-- <![CDATA[ ]]> --> &lt;b&gt; &#60;b&#62;',
  '`x` \\u003cb\\u003e',
  'datum.usd signal:width [0] a.b "c" __proto__',
  '__proto__',
  '\u202etxt.exe\u0000\u001b[2J',
];

const texts = <T extends object>(rows: readonly T[], changed: Partial<T>): T[] =>
  rows.map((row) => ({ ...row, ...changed }));

/** A report in which every text of somebody else is the given one. */
function hostileReport(text: string): CostReport {
  const { cdn, storage, unitCosts } = sampleReport;
  return {
    ...sampleReport,
    ...{ environment: text, workload: text, region: text, generated: text },
    priceBook: { oldest: text, newest: text, overrides: text },
    lines: sampleReport.lines.map((line) => ({
      ...{ ...line, item: text, resource: text, arithmetic: text },
      quantity: { amount: 1, unit: text },
    })),
    compute: texts(sampleReport.compute, { service: text }),
    storage: storage.map((month) => ({ ...month, byClass: Object.fromEntries([[text, { gbMonths: 1, usd: 1 }]]) })),
    unitCosts: unitCosts.map(({ parts, ...cost }) =>
      parts ? { ...cost, parts: texts(parts, { name: text }) } : { ...cost, name: text, arithmetic: text },
    ),
    cdn: { payAsYouGo: 1, plans: texts(cdn?.plans ?? [], { name: text, why: text }) },
    levers: texts(sampleReport.levers, { change: text, risk: text }),
    productChanges: texts(sampleReport.productChanges, { change: text, risk: text }),
    warnings: texts(sampleReport.warnings, { code: text, sentence: text }),
    without: texts(sampleReport.without, { resourceType: text, reason: text }),
  };
}

/** A page in which every text of somebody else is the given one. */
export function hostilePage(text: string): PageContents {
  const { workload, prices } = samplePage;
  return {
    report: hostileReport(text),
    workload: {
      ...{ ...workload, name: text, description: text },
      renditions: texts(workload.renditions, { name: text }),
    },
    prices: [...prices.map((price) => ({ ...price, name: text, unit: text, date: text, source: `https://${text}` }))],
  };
}
