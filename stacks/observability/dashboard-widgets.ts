import type { Metric } from './metrics.ts';

/** A line of a graph. */
export interface Line {
  metric: Metric;
  stat: string;
  label: string;
  /** The right axis, for another unit. */
  isRight?: boolean;
}

interface GraphProps {
  title: string;
  lines: readonly Line[];
  /** Drawn instead of `lines`, which are `m0`, `m1`, … in it. */
  math?: { expression: string; label: string };
  /** A mark to read the lines against. */
  mark?: { label: string; value: number };
  periodSeconds?: number;
}

export interface Widget {
  type: 'metric' | 'text';
  properties: Record<string, unknown>;
}

const lineOf = ({ metric, stat, label, isRight }: Line, options: Record<string, unknown>) => [
  metric.namespace,
  metric.metricName,
  ...Object.entries(metric.dimensions ?? {}).flat(),
  { stat, label, ...(isRight && { yAxis: 'right' }), ...options },
];

/** Lines over time, of figures in a region. */
export const graph = (region: string, { title, lines, math, mark, periodSeconds = 60 }: GraphProps): Widget => ({
  type: 'metric',
  properties: {
    title,
    region,
    view: 'timeSeries',
    period: periodSeconds,
    yAxis: { left: { min: 0 } },
    metrics: [
      ...(math ? [[{ ...math, id: 'math' }]] : []),
      ...lines.map((line, index) => lineOf(line, math ? { id: `m${index}`, visible: false } : {})),
    ],
    ...(mark && { annotations: { horizontal: [mark] } }),
  },
});

/** A line of Markdown over the widgets of a row. */
export const heading = (markdown: string): Widget => ({ type: 'text', properties: { markdown } });

/** Of CloudWatch's grid of 24 columns. */
const COLUMNS = 24;
const GRAPH_HEIGHT = 6;

/** Widgets in rows: each row has a heading over graphs that share its width. */
export function layOut(rows: readonly { title: string; widgets: readonly Widget[] }[]) {
  return rows.flatMap(({ title, widgets }, row) => {
    const y = row * (GRAPH_HEIGHT + 1);
    const width = Math.floor(COLUMNS / widgets.length);
    return [
      { ...heading(`## ${title}`), x: 0, y, width: COLUMNS, height: 1 },
      ...widgets.map((each, index) => ({ ...each, x: index * width, y: y + 1, width, height: GRAPH_HEIGHT })),
    ];
  });
}
