import type { Environment } from './environment.ts';

type VersionSetting = 'IMAGE_SERVICE_VERSION' | 'IMAGE_SERVICE_REVISION';

/** What says which release runs. Each setting may be absent. */
export type VersionSettings = { [K in VersionSetting]?: Environment[K] | undefined };

/**
 * The release and the git commit that a service runs. Both may be public: whoever has the source can compare what a service does with every
 * release, so its number tells an attacker nothing new, and tells an operator what a deployment has reached.
 */
export interface RunningVersion {
  version?: string | undefined;
  revision?: string | undefined;
}

/** Reads from the environment of a service what runs. A field that nobody has set is absent. */
export const runningVersionOf = (config: VersionSettings): RunningVersion => ({
  version: config.IMAGE_SERVICE_VERSION,
  revision: config.IMAGE_SERVICE_REVISION,
});
