import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import type { ServiceName } from '../../shared/contracts/services.ts';
import type { Cdn } from '../edge/cdn.ts';
import { deploymentOf } from '../environments/deployment.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import { createApiAlarms } from './api-alarms.ts';
import { createCapacityAlarms } from './capacity-alarms.ts';
import { createCertificateAlarm } from './certificate-alarms.ts';
import { createCopyAlarms } from './copy-alarms.ts';
import { createDeploymentNotices } from './deployment-notices.ts';
import { createEdgeAlarms } from './edge-alarms.ts';
import { createStorageAlarms } from './storage-alarms.ts';
import { createWorkerAlarms } from './worker-alarms.ts';

/** Of each service: what a deployment looks at, and is rolled back by. */
export type DeploymentAlarms = Record<ServiceName, readonly string[]>;

export interface AlarmsProps extends Omit<AlarmSources, 'actions'> {
  cdn?: Cdn | undefined;
  /** AWS in us-east-1, where the figures of a CDN are; undefined where the stack is there already. */
  edgeProvider?: TerraformProvider | undefined;
}

/**
 * What hurts users, told by mail. They look at services by their names, so that they are there before the services, whose deployments
 * look at them. About $6 a month.
 */
export function createAlarms(scope: Construct, { cdn, edgeProvider, ...props }: AlarmsProps): DeploymentAlarms {
  const { names, settings } = props;
  const { accountId } = settings;
  const own = new Construct(scope, 'alarms');
  const topic = { name: `${names.prefix}-alarms`, accountId, emails: settings.observability.alarmEmails };
  const actions = createAlarmTopic(own, 'mails', topic);
  const sources = { ...props, actions };
  createCapacityAlarms(own, sources);
  createStorageAlarms(own, sources);
  createDeploymentNotices(own, { deployment: deploymentOf(settings), actions });
  const { certificateArn } = settings.loadBalancer;
  createCertificateAlarm(own, { names, of: 'load-balancer', certificateArn, actions });
  createCopyAlarms(own, sources);
  if (cdn) {
    const edgeActions = edgeProvider
      ? createAlarmTopic(own, 'edge-mails', { ...topic, provider: edgeProvider })
      : actions;
    const edge = { names, actions: edgeActions, provider: edgeProvider };
    createEdgeAlarms(own, { ...edge, cdn });
    createCertificateAlarm(own, { ...edge, of: 'cdn', certificateArn: settings.cdn.certificateArn });
  }
  return { ...createApiAlarms(own, sources), worker: createWorkerAlarms(own, sources) };
}
