import type { EnvironmentSettings } from '../../environments/settings.ts';
import type { SettingsCheck } from '../check.ts';

interface Kept {
  id: SettingsCheck['id'];
  setting: string;
  read(settings: EnvironmentSettings): unknown;
  isKept(value: never): boolean;
  must: string;
  reason: string;
}

/** What an environment must have whose storage is not disposable. */
const KEPT: Kept[] = [
  {
    id: 'IMG-SET-021',
    setting: 'loadBalancer.deletionProtection',
    read: ({ loadBalancer }) => loadBalancer.deletionProtection,
    isKept: (value: boolean) => value,
    must: 'true',
    reason: 'With it would go the address that clients have, by one mistake in a plan.',
  },
  {
    id: 'IMG-SET-022',
    setting: 'loadBalancer.accessLogs',
    read: ({ loadBalancer }) => loadBalancer.accessLogs,
    isKept: (value: boolean) => value,
    must: 'true',
    reason: 'After a breach nobody could say who asked for what.',
  },
  {
    id: 'IMG-SET-023',
    setting: 'loadBalancer.waf.enabled',
    read: ({ loadBalancer }) => loadBalancer.waf.enabled,
    isKept: (value: boolean) => value,
    must: 'true',
    reason: 'One address could ask as often as it likes, at your cost.',
  },
  {
    id: 'IMG-SET-024',
    setting: 'network.zones',
    read: ({ network }) => network.zones,
    isKept: (zones: readonly string[]) => zones.length >= 3,
    must: 'three ids of zones',
    reason: 'A zone that is lost would take half of everything in place of a third.',
  },
  {
    id: 'IMG-SET-025',
    setting: 'storage.noncurrentDays',
    read: ({ storage }) => storage.noncurrentDays,
    isKept: (value: number) => value >= 30,
    must: '30 or more',
    reason: 'What is deleted by mistake is often missed after weeks.',
  },
];

export const KEPT_SETTINGS_CHECKS: SettingsCheck[] = KEPT.map(({ id, setting, read, isKept, must, reason }) => ({
  id,
  reason,
  remedy: `set ${setting} to ${must}, or storage.disposable to true if nothing of value is in it.`,
  find: (settings) =>
    !settings.storage.disposable &&
    !isKept(read(settings) as never) &&
    `${setting} is ${read(settings)} where storage is not disposable`,
}));
