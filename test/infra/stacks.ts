import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Configuration } from './terraform.ts';

const MAIN = fileURLToPath(new URL('../../stacks/main.ts', import.meta.url));

export interface Stack {
  /** `bootstrap`, `storage-dev`, … */
  id: string;
  configuration: Configuration;
  folder: string;
}

export interface Synthesis {
  stacks: Stack[];
  /** The output of the synthesis. */
  output: string;
  seconds: number;
}

/** Synthesises every stack of every environment into a folder, with the program of cdktf.json like `cdktf synth`. */
export async function synthesise(outdir: string): Promise<Synthesis> {
  const began = performance.now();
  const env = { ...process.env, CDKTF_OUTDIR: outdir };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [MAIN], { env });
  const seconds = (performance.now() - began) / 1000;
  const ids = await readdir(join(outdir, 'stacks'));
  const read = async (id: string): Promise<Stack> => {
    const folder = join(outdir, 'stacks', id);
    return { id, folder, configuration: JSON.parse(await readFile(join(folder, 'cdk.tf.json'), 'utf8')) };
  };
  return { stacks: await Promise.all(ids.toSorted().map(read)), output: stdout + stderr, seconds };
}

/** The account of a stack. Its provider refuses any other. */
export function accountOf({ id, configuration }: Stack): string {
  const account = configuration.provider?.aws?.[0]?.allowed_account_ids?.[0];
  if (!account) throw new Error(`${id} does not say for which account it is`);
  return account;
}
