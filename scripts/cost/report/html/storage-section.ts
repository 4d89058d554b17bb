import { html } from '@remix-run/html-template';
import type { TopLevelSpec } from 'vega-lite';
import { formatNumber, formatUsd } from '../amounts.ts';
import type { CostReport } from '../cost-report.ts';
import { legend } from './legend.ts';
import { type Colour, colour, seriesColour } from './palette.ts';
import { type Chart, DOLLAR_AXIS, renderChart } from './render-chart.ts';
import { details, type Section } from './section.ts';
import { table } from './table.ts';

/** What AWS calls the storage classes in prose. */
const CLASS_NAMES = new Map(
  Object.entries({
    STANDARD: 'Standard',
    STANDARD_IA: 'Standard-Infrequent Access',
    ONEZONE_IA: 'One Zone-Infrequent Access',
    INTELLIGENT_TIERING: 'Intelligent-Tiering',
    'INTELLIGENT_TIERING frequent': 'Intelligent-Tiering, frequent',
    'INTELLIGENT_TIERING infrequent': 'Intelligent-Tiering, infrequent',
    'INTELLIGENT_TIERING archive instant': 'Intelligent-Tiering, archive instant',
    GLACIER_IR: 'Glacier Instant Retrieval',
    GLACIER: 'Glacier Flexible Retrieval',
    DEEP_ARCHIVE: 'Glacier Deep Archive',
  }),
);

type StorageMonth = CostReport['storage'][number];

interface Layer {
  name: string;
  colour: Colour;
  usdIn: (month: StorageMonth) => number;
}

const classesOf = (months: readonly StorageMonth[]): string[] => [
  ...new Set(months.flatMap(({ byClass }) => Object.keys(byClass).filter((name) => byClass[name]?.gbMonths))),
];

const nameOf = (storageClass: string): string => CLASS_NAMES.get(storageClass) ?? storageClass;

const layersOf = (months: readonly StorageMonth[]): Layer[] => [
  ...classesOf(months).map((name, index) => ({
    name: nameOf(name),
    colour: seriesColour(index),
    usdIn: ({ byClass }: StorageMonth) => byClass[name]?.usd ?? 0,
  })),
  { name: 'moves between classes, monitoring, retrieval', colour: 'rest', usdIn: ({ requestsUsd }) => requestsUsd },
];

function specOf(months: readonly StorageMonth[], shown: number, width: number): TopLevelSpec {
  const values = layersOf(months).flatMap((layer, order) =>
    months.map((month) => ({ month: month.month, order, usd: layer.usdIn(month), colour: colour(layer.colour) })),
  );
  const last = Math.max(1, ...months.map(({ month }) => month));
  const ticks = Array.from({ length: Math.ceil(last / 6) + 1 }, (_, index) => Math.max(1, index * 6));
  return {
    ...{ width, height: 240, autosize: { type: 'fit', contains: 'padding' } },
    layer: [
      {
        data: { values },
        mark: { type: 'area', line: false },
        encoding: {
          x: {
            ...{ field: 'month', type: 'quantitative', title: 'Month', scale: { domain: [1, last], nice: false } },
            axis: { values: ticks, grid: false, format: 'd' },
          },
          y: { field: 'usd', type: 'quantitative', stack: 'zero', title: null, axis: { ...DOLLAR_AXIS, tickCount: 5 } },
          color: { field: 'colour', type: 'nominal', scale: null },
          order: { field: 'order', type: 'quantitative' },
          detail: { field: 'order', type: 'nominal' },
        },
      },
      {
        data: { values: [{ month: shown }] },
        mark: { type: 'rule', strokeDash: [4, 3], strokeWidth: 1.5, color: colour('text') },
        encoding: { x: { field: 'month', type: 'quantitative' } },
      },
    ],
  };
}

function chartOf({ storage, month }: CostReport): Chart {
  const at = (each: StorageMonth | undefined) => (each ? `${formatUsd(each.usd)} in month ${each.month}` : '');
  const shown = storage.find((each) => each.month === month);
  return {
    ...{ id: 'storage', title: 'Storage of images over two years, by storage class' },
    description: [storage[0], shown, storage.at(-1)].map(at).join(', '),
    spec: (width) => specOf(storage, month, width),
  };
}

function monthTable(months: readonly StorageMonth[]) {
  const classes = classesOf(months);
  return table({
    caption: 'Storage of images by month',
    columns: [
      'Month',
      ...classes.map((name) => ({ number: nameOf(name) })),
      { number: 'Moves, monitoring, retrieval' },
      { number: 'Total' },
    ],
    rows: months.map(({ month, byClass, requestsUsd, usd }) => [
      `${month}`,
      ...classes.map((name) => {
        const { gbMonths = 0, usd: dollars = 0 } = byClass[name] ?? {};
        return html`${formatUsd(dollars)}<br><small>${formatNumber(gbMonths)} GB</small>`;
      }),
      ...[requestsUsd, usd].map(formatUsd),
    ]),
  });
}

export async function storageSection(report: CostReport): Promise<Section> {
  const { storage, month } = report;
  return {
    ...{ id: 'storage', title: 'Storage over two years' },
    body: [
      html`<p>Images pile up, so storage costs more every month, until as much is deleted or moved to a cheaper class as comes in. The environment begins empty. The dashed line is month ${month}, whose storage the other figures of this page contain.</p>`,
      legend(layersOf(storage).map(({ name, colour: tone }) => [name, tone])),
      await renderChart(chartOf(report)),
      details('Every month', monthTable(storage)),
    ],
  };
}
