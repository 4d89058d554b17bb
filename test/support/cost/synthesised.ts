import type { Stack, SynthesisedEnvironment } from '../../../scripts/target-stack/synthesised-environment.ts';
import { dev } from '../../../stacks/environments/dev.ts';
import { prod } from '../../../stacks/environments/prod.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { staging } from '../../../stacks/environments/staging.ts';
import { PlatformStack } from '../../../stacks/platform-stack.ts';
import { StorageStack } from '../../../stacks/storage-stack.ts';
import { bootstrap } from '../stacks/bootstrap.ts';
import { synthesise } from '../stacks/entrance.ts';
import { testingApp } from '../stacks/testing-app.ts';

export const SETTINGS = { dev, staging, prod } as const;

/** Settings that differ from those of an environment, by section. */
export type Changes = { [Section in keyof EnvironmentSettings]?: Partial<EnvironmentSettings[Section]> };

const merged = (settings: EnvironmentSettings, changes: Changes): EnvironmentSettings => ({
  ...settings,
  ...Object.fromEntries(
    Object.entries(changes).map(([section, values]) => [
      section,
      { ...(settings[section as keyof EnvironmentSettings] as object), ...(values as object) },
    ]),
  ),
});

/** The settings of an environment with changes. */
export const changedSettings = (name: keyof typeof SETTINGS, changes: Changes): EnvironmentSettings =>
  merged(SETTINGS[name], changes);

const memory = new Map<string, SynthesisedEnvironment>();

/** An environment with changes of its settings, synthesised. It is kept, because that takes half a second. */
export function synthesised(name: keyof typeof SETTINGS, changes: Changes = {}): SynthesisedEnvironment {
  const key = JSON.stringify([name, changes]);
  const known = memory.get(key);
  if (known) return known;
  const settings = changedSettings(name, changes);
  const { accountId, region } = settings;
  const stackOf = (stack: Parameters<typeof synthesise>[0]) => synthesise(stack) as unknown as Stack;
  const environment: SynthesisedEnvironment = {
    ...{ environment: name, accountId, region, folder: 'in memory', platforms: {} },
    platform: stackOf(new PlatformStack(testingApp(), `platform-${name}`, settings)),
    storage: stackOf(new StorageStack(testingApp(), `storage-${name}`, settings)),
    bootstrap: { name: 'bootstrap', stack: bootstrap() as unknown as Stack },
    aws: () => {
      throw new Error('A model asks AWS nothing.');
    },
  };
  memory.set(key, environment);
  return environment;
}
