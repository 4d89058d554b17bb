import { globSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textWidth, wrapped } from '../terminal/wrapped.ts';

/** Where npm run synth writes, and cost reads unless --stacks says otherwise. */
export const SYNTHESISED = 'cdktf.out/stacks';

export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** What is in the folder of the stacks, but changes nothing in them: prices are read when a report is made. */
const NOT_SYNTHESISED = ['stacks/docs/**', 'stacks/prices/**'];

interface Synthesised {
  environment: string;
  folder: string;
}

const modified = (file: string): number => statSync(file).mtimeMs;

/** Whether a module of the settings, in the folder `stacks` of a repository, was changed after its environment was synthesised there. */
export function isStale({ environment, folder }: Synthesised, repository = REPOSITORY): boolean {
  // A folder of one's own may be of another time on purpose.
  if (resolve(folder) !== resolve(repository, SYNTHESISED)) return false;
  const stacks = ['platform', 'storage'].map((stack) => join(folder, `${stack}-${environment}`, 'cdk.tf.json'));
  const settings = globSync('stacks/**/*.ts', { cwd: repository, exclude: NOT_SYNTHESISED });
  const synthesised = Math.min(...stacks.map(modified));
  return settings.some((file) => modified(join(repository, file)) > synthesised);
}

/** Says on standard error, once for all, that sums are those of settings that are no longer there. */
export function tellIfStale(environments: readonly Synthesised[]): void {
  if (!environments.some((each) => isStale(each))) return;
  const text = `The settings are newer than ${SYNTHESISED}: run npm run synth, or the sums are those of before.`;
  process.stderr.write(`${wrapped(text, { width: textWidth(process.stderr.columns) })}\n\n`);
}
