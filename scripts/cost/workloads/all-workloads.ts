import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CommandError } from '../../command-line.ts';
import { internet } from './internet.ts';
import { large } from './large.ts';
import { medium } from './medium.ts';
import { small } from './small.ts';
import { validWorkload } from './validate-workload.ts';
import type { Workload } from './workload.ts';

export const WORKLOADS: Readonly<Record<string, Workload>> = { small, medium, large, internet };

/** Returns a workload by its name or, if there is a slash or a dot in it, the first export of that file. */
export async function readWorkload(nameOrFile: string): Promise<Workload> {
  const known = WORKLOADS[nameOrFile];
  if (known) return known;
  if (!/[./]/.test(nameOrFile))
    throw new CommandError(
      `There is no workload ${nameOrFile}: name ${Object.keys(WORKLOADS).join(', ')}, or the file of one, such as ./my-workload.ts.`,
    );
  const [workload] = Object.values(await import(pathToFileURL(resolve(nameOrFile)).href));
  return validWorkload(workload, nameOrFile);
}
