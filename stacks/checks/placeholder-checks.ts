import { EXAMPLE_ACCOUNT_ID } from '../environments/account.ts';
import type { AccountSettings, EnvironmentSettings } from '../environments/settings.ts';
import type { SettingsCheck } from './check.ts';

/** Names of documentation (RFC 2606, RFC 6761), the certificates of these files, which nobody has, and AWS's own account of examples. */
const PLACEHOLDER = new RegExp(`\\bexample\\b|:certificate/00000000-|${EXAMPLE_ACCOUNT_ID}`, 'i');

/** Every text below a value, with the path of its setting. */
function textsOf(value: unknown, path: string): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (Array.isArray(value)) return value.flatMap((each) => textsOf(each, path));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => textsOf(inner, path ? `${path}.${name}` : name));
}

/** What is left in an environment or an account of what these files came with, by the paths of its settings. */
export const placeholdersIn = (settings: EnvironmentSettings | AccountSettings): [path: string, value: string][] =>
  textsOf(settings, '').filter(([, text]) => PLACEHOLDER.test(text));

/** An environment in the account of examples cannot be applied by anybody: it may have them until it is to be deployed. */
export const PLACEHOLDER_CHECKS: SettingsCheck[] = [
  {
    id: 'IMG-PLACE-001',
    reason:
      'Alarms would go to nobody, certificates are refused when they are applied, and pages of a domain that is not yours might upload.',
    remedy:
      'put your own values in their place, or leave accountId at EXAMPLE_ACCOUNT_ID while the environment is not to be deployed.',
    find: (settings) =>
      settings.accountId === EXAMPLE_ACCOUNT_ID
        ? []
        : placeholdersIn(settings).map(([path, value]) => `${path} has the placeholder ${value}`),
  },
];
