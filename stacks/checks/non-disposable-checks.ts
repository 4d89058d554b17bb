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

export const NON_DISPOSABLE_CHECKS: SettingsCheck[] = REQUIRED_SETTINGS.map(
  ({ id, setting, read, isSafe, must, reason }) => ({
    id,
    reason,
    remedy: `set ${setting} to ${must}, or storage.disposable to true if nothing of value is in it.`,
    find: (settings) =>
      !settings.storage.disposable &&
      !isSafe(read(settings) as never) &&
      `${setting} is ${read(settings)}, but storage is not disposable`,
  }),
);
