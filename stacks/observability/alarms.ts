import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import type { ServiceName } from '../../shared/contracts/services.ts';
import type { Cdn } from '../edge/cdn.ts';
import { deploymentOf } from '../environments/deployment.ts';
import { createAccessAlarms } from './access-alarms.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import { createApiAlarms } from './api-alarms.ts';
import { createCapacityAlarms } from './capacity-alarms.ts';
import { createCdnAlarms } from './cdn-alarms.ts';
import { createCertificateAlarm } from './certificate-alarms.ts';
import { createCopyAlarms } from './copy-alarms.ts';
import { createDeploymentNotices } from './deployment-notices.ts';
import { createEconomySwitch } from './economy-switch.ts';
import { createStorageAlarms } from './storage-alarms.ts';
import { createWorkerAlarms } from './worker-alarms.ts';

/** For each service, the names of the alarms that roll back its deployments. */
export type DeploymentAlarms = Record<ServiceName, readonly string[]>;

export interface AlarmsProps extends Omit<AlarmSources, 'actions'> {
  cdn?: Cdn | undefined;
  /** A provider for us-east-1, where a CDN's metrics are; undefined if the stack is in that region already. */
  edgeProvider?: TerraformProvider | undefined;
}

/**
 * Creates alarms on what affects users; they notify by mail. They refer to services by name, so they can be created before the services, whose
 * deployments depend on them.
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
  createAccessAlarms(own, sources);
  createDeploymentNotices(own, { deployment: deploymentOf(settings), actions });
  const { certificateArn } = settings.loadBalancer;
  createCertificateAlarm(own, { names, of: 'load-balancer', certificateArn, actions });
  createCopyAlarms(own, sources);
  if (settings.observability.economyMode === 'at-budget') createEconomySwitch(own, sources);
  if (cdn) {
    const edgeActions = edgeProvider
      ? createAlarmTopic(own, 'edge-mails', { ...topic, provider: edgeProvider })
      : actions;
    const edge = { names, actions: edgeActions, provider: edgeProvider };
    createCdnAlarms(own, { ...edge, cdn });
    createCertificateAlarm(own, { ...edge, of: 'cdn', certificateArn: settings.cdn.certificateArn });
  }
  return { ...createApiAlarms(own, sources), worker: createWorkerAlarms(own, sources) };
}
