import { fileURLToPath } from 'node:url';
import { spawnImageProcess } from '../../../containers/worker/image-processes/spawn.ts';

/** Starts its attacker like the worker starts an image process, and prints the attacker's results. */
const attacker = spawnImageProcess(1024 ** 3, fileURLToPath(new URL('attacking-process.ts', import.meta.url)));
process.stdout.write(JSON.stringify(await attacker.ask({ order: 'begin' })), () => {
  attacker.kill();
  process.exit();
});
