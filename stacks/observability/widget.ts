import type { Metric } from './metrics.ts';

/** A line of a graph. */
export interface Line {
  metric: Metric;
  stat: string;
  label: string;
  /** Whether the line uses the right axis, for another unit. */
  isRight?: boolean;
}

interface GraphProps {
  title: string;
  lines: readonly Line[];
  /** An expression that is drawn instead of `lines`, to which it refers as `m0`, `m1`, … */
  math?: { expression: string; label: string };
  /** A horizontal line for comparison. */
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

/** A graph of metrics of a region over time. */
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

/** A line of Markdown above the widgets of a row. */
const heading = (markdown: string): Widget => ({ type: 'text', properties: { markdown } });

/** The width of CloudWatch's grid. */
const COLUMNS = 24;
const GRAPH_HEIGHT = 6;

/** Lays widgets out in rows, each with a heading above graphs of equal width. */
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
