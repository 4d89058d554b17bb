import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Check, missing, well } from './finding.ts';

const SETTINGS = fileURLToPath(new URL('../../stacks/environments', import.meta.url));

const changed = (file: string): number => statSync(file).mtimeMs;

/** All checks read the synthesised stacks, which lack settings that were changed since. */
export const synthesis: Check = {
  id: 'synthesis',
  asksAws: false,
  async look({ folder, environment }) {
    const written = changed(join(folder, `platform-${environment}`, 'cdk.tf.json'));
    const newer = globSync('*.ts', { cwd: SETTINGS }).filter((file) => changed(join(SETTINGS, file)) > written);
    if (newer.length === 0) return [well('The stacks are newer than the settings.')];
    return [missing(`${newer.join(', ')} in stacks/environments has changed since.`, 'npm run synth')];
  },
};
