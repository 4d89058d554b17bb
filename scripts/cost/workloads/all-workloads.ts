import { readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { CommandError } from '../../command-line.ts';
import { internet } from './internet.ts';
import { large } from './large.ts';
import { medium } from './medium.ts';
import { small } from './small.ts';
import { validWorkload } from './validate-workload.ts';
import type { Workload } from './workload.ts';

export const WORKLOADS: Readonly<Record<string, Workload>> = { small, medium, large, internet };

function load(file: string): unknown {
  try {
    return file.endsWith('.json')
      ? JSON.parse(readFileSync(file, 'utf8'))
      : workloadIn(createRequire(import.meta.url)(realpathSync(file)), file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(`The workload ${file} cannot be read: ${messageOf(error)}`);
  }
}

/** What a module throws while it is loaded need not be an Error. Further lines are of Node, about those who have asked for the module. */
const messageOf = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The workload that a module exports: its default, or the only object. */
function workloadIn(exports: Readonly<Record<string, unknown>>, file: string): unknown {
  const objects = isObject(exports) ? Object.values(exports).filter(isObject) : [];
  const found = isObject(exports?.default) ? exports.default : objects[0];
  if (found && (found === exports.default || objects.length === 1)) return found;
  throw new CommandError(
    `${file} exports ${objects.length} objects, none of them as its default: export the workload alone or by "export default", as scripts/cost/workloads/small.ts has one, or write it as JSON into a file that ends in .json.`,
  );
}

/**
 * Returns a workload by its name or, if there is a slash or a dot in it, the content of that JSON file or what that module exports: its default, or
 * the only object.
 */
export function readWorkload(nameOrFile: string): Workload {
  if (Object.hasOwn(WORKLOADS, nameOrFile)) return WORKLOADS[nameOrFile] as Workload;
  if (!/[./]/.test(nameOrFile))
    throw new CommandError(
      `There is no workload "${nameOrFile}": name ${Object.keys(WORKLOADS).join(', ')}, or the file of one, such as ./my-workload.ts or ./my-workload.json.`,
    );
  return validWorkload(load(nameOrFile), nameOrFile);
}
