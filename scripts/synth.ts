import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * `cdktf synth` as it is, without what it prints beside its result: CI takes away the animation, CHECKPOINT_DISABLE the question for newer
 * versions, which cdktf reports as an error where there is no network.
 */
const cdktf = fileURLToPath(import.meta.resolve('cdktf-cli/bundle/bin/cdktf'));
const env = { ...process.env, CI: '1', CHECKPOINT_DISABLE: '1' };
const { status } = spawnSync(process.execPath, [cdktf, 'synth', ...process.argv.slice(2)], { env, stdio: 'inherit' });
process.exitCode = status ?? 1;
