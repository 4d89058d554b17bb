// settings-validation.ts says which values a setting accepts, settings-checks.ts which settings do not go together, and non-disposable-checks.ts what an
// environment needs if its storage is not disposable.
import type { EnvironmentSettings } from '../environments/settings.ts';
import type { SettingsCheck } from './check.ts';

interface RequiredSetting {
  id: SettingsCheck['id'];
  setting: string;
  read(settings: EnvironmentSettings): unknown;
  isSafe(value: never): boolean;
  must: string;
  reason: string;
}

/** Settings that an environment needs if its storage is not disposable. */
const REQUIRED_SETTINGS: RequiredSetting[] = [
  {
    id: 'IMG-SET-021',
    setting: 'loadBalancer.deletionProtection',
    read: ({ loadBalancer }) => loadBalancer.deletionProtection,
    isSafe: (value: boolean) => value,
    must: 'true',
    reason: 'One mistake in a plan would delete the load balancer, and with it the address that clients use.',
  },
  {
    id: 'IMG-SET-022',
    setting: 'loadBalancer.accessLogs',
    read: ({ loadBalancer }) => loadBalancer.accessLogs,
    isSafe: (value: boolean) => value,
    must: 'true',
    reason: 'After a breach nobody could say who requested what.',
  },
  {
    id: 'IMG-SET-023',
    setting: 'loadBalancer.waf.enabled',
    read: ({ loadBalancer }) => loadBalancer.waf.enabled,
    isSafe: (value: boolean) => value,
    must: 'true',
    reason: 'One address could send any number of requests, at your cost.',
  },
  {
    id: 'IMG-SET-024',
    setting: 'network.zones',
    read: ({ network }) => network.zones,
    isSafe: (zones: readonly string[]) => zones.length >= 3,
    must: 'three zone ids',
    reason: 'The loss of a zone would take half of everything instead of a third.',
  },
  {
    id: 'IMG-SET-025',
    setting: 'storage.noncurrentDays',
    read: ({ storage }) => storage.noncurrentDays,
    isSafe: (value: number) => value >= 30,
    must: '30 or more',
    reason: 'Mistaken deletions are often noticed only after weeks.',
  },
];

const keepsValue = ({ storage }: EnvironmentSettings): boolean => !storage.disposable;

const requiredSettingCheck = ({ id, setting, read, isSafe, must, reason }: RequiredSetting): SettingsCheck => ({
  id,
  reason,
  remedy: `set ${setting} to ${must}, or storage.disposable to true if nothing of value is in it.`,
  find: (settings) =>
    keepsValue(settings) &&
    !isSafe(read(settings) as never) &&
    `${setting} is ${read(settings)}, but storage is not disposable`,
});

/** What an environment needs if its storage is not disposable. */
export const NON_DISPOSABLE_CHECKS: SettingsCheck[] = [
  ...REQUIRED_SETTINGS.map(requiredSettingCheck),
  {
    id: 'IMG-SET-006',
    reason: 'The loss of a zone or of a single task would be an outage.',
    remedy: 'set minTasks to 2 or more, or storage.disposable to true if nothing of value is in it.',
    find: (settings) =>
      Object.entries(settings.services)
        .filter(([, { minTasks }]) => keepsValue(settings) && minTasks < 2)
        .map(([name, { minTasks }]) => `${name}: minTasks is ${minTasks}`),
  },
  {
    id: 'IMG-SET-009',
    reason: 'API keys and valuable images would be sent unencrypted.',
    remedy: 'set certificateArn and domainName, and remove allowHttp.',
    find: (settings) =>
      keepsValue(settings) &&
      settings.loadBalancer.allowHttp === true &&
      'loadBalancer.allowHttp is true, but storage is not disposable',
  },
  {
    id: 'IMG-SET-010',
    reason: 'Nobody would be notified of alarms.',
    remedy: 'add an address to alarmEmails, and confirm the mail that SNS sends.',
    find: (settings) =>
      keepsValue(settings) && settings.observability.alarmEmails.length === 0 && 'alarmEmails is empty',
  },
  {
    id: 'IMG-SET-011',
    reason: 'With a single NAT gateway, the loss of its zone stops every task. Each further one costs $33 a month.',
    remedy: "set egress to 'nat-per-zone', or to 'interface-endpoints' if there is no CDN.",
    find: (settings) =>
      keepsValue(settings) && settings.network.egress === 'nat-single' && 'one NAT gateway serves all zones',
  },
];
