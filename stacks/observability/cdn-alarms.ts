import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import type { Names } from '../../shared/contracts/names.ts';
import type { Cdn } from '../edge/cdn.ts';
import { createAlarm } from './alarm.ts';
import { metric } from './metrics.ts';

interface CdnAlarmsProps {
  names: Names;
  cdn: Cdn;
  /** Actions in us-east-1, where all metrics of CloudFront are. */
  actions: readonly string[];
  /** The provider of us-east-1, if the stack is in another region. */
  provider?: TerraformProvider | undefined;
}

/** The dimensions of a distribution's metrics over all edges. */
export const allEdges = ({ distributionId }: Pick<Cdn, 'distributionId'>) => ({
  DistributionId: distributionId,
  Region: 'Global',
});

/** The error rate is noise below a hundred requests a minute. */
const EDGE_PERCENT = 'IF(requests > 100, rate, 0)';

/** Creates an alarm on errors that clients of the CDN see, whether of the origin or of the edge itself. */
export function createCdnAlarms(scope: Construct, { names, cdn, actions, provider }: CdnAlarmsProps): void {
  createAlarm(new Construct(scope, 'edge'), '5xx', {
    name: `${names.prefix}-cdn-5xx`,
    description: `More than 5 % of what the CDN is asked for is answered by 5xx. If ${names.prefix}-errors is quiet, the origin is not reached: certificate, domain name or origin secret.`,
    readings: {
      rate: { metric: metric('AWS/CloudFront', '5xxErrorRate', allEdges(cdn)), stat: 'Average' },
      requests: { metric: metric('AWS/CloudFront', 'Requests', allEdges(cdn)), stat: 'Sum' },
    },
    expressions: { percent: EDGE_PERCENT },
    threshold: 5,
    periodSeconds: 60,
    datapoints: 5,
    actions,
    provider,
  });
}
