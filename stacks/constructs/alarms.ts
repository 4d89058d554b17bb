import type { TerraformProvider } from 'cdktf';
import { Construct } from 'constructs';
import type { ServiceName } from '../../shared/contracts/services.ts';
import type { AlarmSources } from './alarm-sources.ts';
import { createAlarmTopic } from './alarm-topic.ts';
import { createApiAlarms } from './api-alarms.ts';
import { createCapacityAlarms } from './capacity-alarms.ts';
import type { Cdn } from './cdn.ts';
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
  const own = new Construct(scope, 'alarms');
  const topic = { name: `${names.prefix}-alarms`, emails: settings.observability.alarmEmails };
  const actions = createAlarmTopic(own, 'mails', topic);
  const sources = { ...props, actions };
  createCapacityAlarms(own, sources);
  createStorageAlarms(own, sources);
  if (cdn) {
    const edgeActions = edgeProvider
      ? createAlarmTopic(own, 'edge-mails', { ...topic, provider: edgeProvider })
      : actions;
    createEdgeAlarms(own, { names, cdn, actions: edgeActions, provider: edgeProvider });
  }
  return { ...createApiAlarms(own, sources), worker: createWorkerAlarms(own, sources) };
}
