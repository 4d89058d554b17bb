import { EXAMPLE_ACCOUNT_ID } from '../environments/account.ts';
import type { AccountSettings, EnvironmentSettings } from '../environments/settings.ts';
import type { SettingsCheck } from './check.ts';

/** Names reserved for documentation (RFC 2606, RFC 6761), the made-up certificates of these files, and AWS's example account. */
const PLACEHOLDER = new RegExp(`\\bexample\\b|:certificate/00000000-|${EXAMPLE_ACCOUNT_ID}`, 'i');

/** All strings within a value, each with the path of its setting. */
function textsOf(value: unknown, path: string): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((each) => textsOf(each, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, path ? `${path}.${name}` : name));
}

/** The placeholders that are still in the settings of an environment or account, with their paths. */
export const placeholdersIn = (settings: EnvironmentSettings | AccountSettings): [path: string, value: string][] =>
  textsOf(settings, '').filter(([, text]) => PLACEHOLDER.test(text));

/** Placeholders are allowed in the example account, because nobody can apply an environment there. */
export const PLACEHOLDER_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-PLACE-001',
    reason:
      'Alarms would reach nobody, AWS would refuse the certificates when they are applied, and pages of a domain that is not yours might upload.',
    remedy:
      'replace them with your own values, or leave accountId at EXAMPLE_ACCOUNT_ID until you deploy the environment.',
    find: (settings) =>
      settings.accountId === EXAMPLE_ACCOUNT_ID
        ? []
        : placeholdersIn(settings).map(([path, value]) => `${path} has the placeholder ${value}`),
  },
];
