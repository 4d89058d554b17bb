import { generateKeyPairSync } from 'node:crypto';
import { ACCOUNTS } from '../../../stacks/environments/account.ts';
import { dev } from '../../../stacks/environments/dev.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import type { AccountSettings, EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { COPIES } from '../../support/stacks/copies.ts';

const signersKey = (): string =>
  generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'pem' }).toString();

export const [KEY, OTHER_KEY] = [signersKey(), signersKey()] as const;

/** The settings that are applied and then changed. Settings are added where an environment has nothing that could be removed. */
export const BASES = {
  prod: { ...prod, storage: { ...prod.storage, ...COPIES }, cdn: { ...prod.cdn, signedUrlKeys: [KEY] } },
  dev: { ...dev, storage: { ...dev.storage, accessLogs: true } },
  account: ACCOUNTS.bootstrap as AccountSettings,
} satisfies Record<string, EnvironmentSettings | AccountSettings>;

export type Base = keyof typeof BASES;
