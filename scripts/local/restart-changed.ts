import { watch } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SERVICE_NAMES } from '../../shared/contracts/services.ts';
import type { SupervisedProcess } from './supervised-process.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Editors write files of other names beside these while they save. */
const SOURCE = /^(?!.*node_modules).*\/[^/.][^/]*\.(ts|json|conf|html|css|js|svg)$/;

/** Milliseconds in which changes are one: a save is several events, and a checkout many files. */
const SETTLE_MS = 100;

/** Milliseconds that a service has for what it is doing, which costs nothing but a repetition. */
const GRACE_MS = 4_000;

/** A file of a service is run by that service; one in shared/ by all of them and by the gateway. */
function runsFile(name: string, file: string): boolean {
  if (file.startsWith('containers/')) return file.startsWith(`containers/${name}/`);
  return name === 'gateway' || SERVICE_NAMES.some((service) => service === name);
}

/** Restarts each process that runs a file in containers/ or shared/ when it changes, for as long as this process lives. */
export function restartChanged(processes: readonly SupervisedProcess[]): void {
  const changed = new Set<string>();
  let settled: NodeJS.Timeout | undefined;
  let restarted: Promise<unknown> = Promise.resolve();

  const restart = async (): Promise<void> => {
    const files = [...changed];
    changed.clear();
    const stale = processes.filter(({ name }) => files.some((file) => runsFile(name, file)));
    if (stale.length === 0) return;
    const names = stale.map(({ name }) => name).join(', ');
    process.stdout.write(`${files.join(', ')} changed; starting again: ${names}\n`);
    await Promise.all(stale.map((each) => each.restart(GRACE_MS)));
  };

  for (const folder of ['shared', 'containers']) {
    watch(`${ROOT}${folder}`, { recursive: true }, (_event, name) => {
      const file = `${folder}/${name}`;
      if (!SOURCE.test(file)) return;
      changed.add(file);
      clearTimeout(settled);
      settled = setTimeout(() => {
        restarted = restarted.then(restart);
      }, SETTLE_MS);
    });
  }
}
