import type { Configuration } from './terraform.ts';

/** Types of resources that are left out of every apply here, and why. Empty is best. */
const LEFT_OUT: Record<string, string> = {};

/** Removes these resources from a stack, and prints which. */
export function leaveOut(id: string, configuration: Configuration): Configuration {
  const kept = Object.entries(configuration.resource ?? {}).filter(([type, named]) => {
    const reason = LEFT_OUT[type];
    if (reason) process.stderr.write(`LEFT OUT of ${id}: ${Object.keys(named).length} ${type}: ${reason}\n`);
    return !reason;
  });
  return { ...configuration, resource: Object.fromEntries(kept) };
}
