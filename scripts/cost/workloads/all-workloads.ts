import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { CommandError } from '../../command-line.ts';
import { internet } from './internet.ts';
import { large } from './large.ts';
import { medium } from './medium.ts';
import { small } from './small.ts';
import { validWorkload } from './validate-workload.ts';
import type { Workload } from './workload.ts';

export const WORKLOADS: Readonly<Record<string, Workload>> = { small, medium, large, internet };

function load(file: string): object {
  try {
    return createRequire(import.meta.url)(resolve(file));
  } catch (error) {
    throw new CommandError(`${file} could not be read: ${(error as Error).message}`);
  }
}

/** Returns a workload by its name or, if there is a slash or a dot in it, the content of that JSON file or the first export of that module. */
export function readWorkload(nameOrFile: string): Workload {
  const known = WORKLOADS[nameOrFile];
  if (known) return known;
  if (!/[./]/.test(nameOrFile))
    throw new CommandError(
      `There is no workload ${nameOrFile}: name ${Object.keys(WORKLOADS).join(', ')}, or the file of one, such as ./my-workload.ts.`,
    );
  const loaded = load(nameOrFile);
  return validWorkload(nameOrFile.endsWith('.json') ? loaded : Object.values(loaded)[0], nameOrFile);
}
