import { EDGE_REGION } from '../../shared/contracts/certificates.ts';
import type { Cdn } from '../edge/cdn.ts';
import { allEdges } from './cdn-alarms.ts';
import { metric } from './metrics.ts';
import { graph, type Line, type Widget } from './widget.ts';

/** Graphs of requests to the CDN. */
export function cdnWidgets(cdn: Cdn): Widget[] {
  const line = (
    name: 'Requests' | 'BytesDownloaded' | '4xxErrorRate' | '5xxErrorRate',
    stat: 'Sum' | 'Average',
    label: string,
  ): Line => ({ metric: metric('AWS/CloudFront', name, allEdges(cdn)), stat, label });
  return [
    graph(EDGE_REGION, { title: 'Requests a minute', lines: [line('Requests', 'Sum', 'requests')] }),
    graph(EDGE_REGION, { title: 'Bytes a minute', lines: [line('BytesDownloaded', 'Sum', 'to clients')] }),
    graph(EDGE_REGION, {
      title: 'Errors, percent',
      lines: [line('4xxErrorRate', 'Average', '4xx'), line('5xxErrorRate', 'Average', '5xx')],
    }),
  ];
}
