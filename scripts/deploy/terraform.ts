import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify, stripVTControlCharacters } from 'node:util';
import { OLDEST_TERRAFORM } from '../../shared/contracts/terraform-version.ts';
import { CommandError } from '../command-line.ts';
import { terraformVersion } from '../target-stack/terraform-version.ts';
import type { Stopping } from './stopping.ts';

export async function requireTerraform(): Promise<void> {
  const { version, isEnough } = await terraformVersion(process.env);
  if (!version) throw new CommandError('terraform does not start. Is it installed and in the PATH?');
  if (!isEnough) throw new CommandError(`terraform is ${version}, but must be ${OLDEST_TERRAFORM} or newer.`);
}

/** A terminal sends Ctrl-C to its whole process group, and two interrupts at once would kill an apply: so Terraform has a group of its own. */
const OWN_GROUP = { detached: true } as const;

/** Logs of workflows keep the codes of colours as text. */
const COLOURS = process.stdout.isTTY ? [] : ['-no-color'];

/** What somebody else does with the stack may take some minutes. */
const LOCK_TIMEOUT = '-lock-timeout=10m';

/** Runs terraform in a stack's folder with its output on ours. Rejects with a sentence where it fails or was stopped. */
export async function terraform(
  folder: string,
  [command = '', ...options]: string[],
  stopping: Stopping,
): Promise<void> {
  stopping.throwIfStopped();
  const locking = command === 'init' ? [] : [LOCK_TIMEOUT];
  const args = [`-chdir=${folder}`, command, ...COLOURS, ...locking, ...options];
  const child = spawn('terraform', args, { ...OWN_GROUP, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  child.stdout.on('data', (chunk) => process.stdout.write(chunk));
  child.stderr.on('data', (chunk) => {
    process.stderr.write(chunk);
    said = (said + chunk).slice(-20_000);
  });
  const ended = once(child, 'close').then(([code]) => {
    if (code !== 0) throw new CommandError(lockedBy(folder, said) ?? `terraform ${command} ended with ${code}.`);
  });
  await stopping.during(child, ended);
}

/** The frame that Terraform draws around an error. */
const FRAME = /^[│╷╵]/gm;

/** Explains a lock that somebody else holds; undefined where that is not why it failed. */
function lockedBy(folder: string, said: string): string | undefined {
  const plain = stripVTControlCharacters(said).replaceAll(FRAME, '');
  if (!plain.includes('Error acquiring the state lock')) return undefined;
  const fact = (name: string) => new RegExp(`^ *${name}: +(.+)$`, 'm').exec(plain)?.[1]?.trim();
  const [id, who, created] = ['ID', 'Who', 'Created'].map(fact);
  return `Somebody else works on this stack${who ? `: ${who}` : ''}${created ? `, since ${created}` : ''}. Wait until that is done. If it was killed, remove its lock: terraform -chdir=${folder} force-unlock ${id ?? 'LOCK_ID'}`;
}

/** Runs terraform quietly and returns what it prints. */
export async function terraformJson(folder: string, args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('terraform', [`-chdir=${folder}`, ...args], {
    maxBuffer: 512 * 1024 * 1024,
  });
  return stdout;
}
