import type { Configuration } from './terraform.ts';

/** Resources that no apply here makes, by their type, and why. Empty is best. */
export const LEFT_OUT: Record<string, string> = {};

/** A stack without what is left out of an apply; says so. */
export function leaveOut(id: string, configuration: Configuration): Configuration {
  const kept = Object.entries(configuration.resource ?? {}).filter(([type, named]) => {
    const reason = LEFT_OUT[type];
    if (reason) process.stderr.write(`LEFT OUT of ${id}: ${Object.keys(named).length} ${type}: ${reason}\n`);
    return !reason;
  });
  return { ...configuration, resource: Object.fromEntries(kept) };
}
