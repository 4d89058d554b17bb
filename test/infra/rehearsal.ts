import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { eventually } from '../support/eventually.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export const EMULATE = join(ROOT, 'test/emulate.ts');

export interface Emulation {
  process: ChildProcess;
  /** The variables to paste into another terminal. */
  variables: string;
}

/** Starts npm run emulate, which ends on a signal. */
export async function startEmulation(env = process.env): Promise<Emulation> {
  const emulate = spawn(process.execPath, [EMULATE], { env });
  let variables = '';
  emulate.stdout.on('data', (chunk) => {
    variables += chunk;
  });
  await eventually('the variables', () => variables.includes('AWS_EC2_METADATA_DISABLED'), 120_000);
  return { process: emulate, variables };
}

/** A copy of the parts of the project that an operator changes and deploys. */
export async function copyProject(folder: string): Promise<void> {
  for (const name of ['stacks', 'shared', 'scripts', 'cdktf.json', 'package.json', 'tsconfig.json'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
}

/** Replaces a person's confirmation, the network, a checkout and GitHub. */
const FOR_A_TEST = `set -e
export CHECKPOINT_DISABLE=1 NAME=dev
git() { :; }
gh() { :; }
npx() {
  if [ "$2" = diff ]; then command npx "$@" --skip-provider-lock; else command npx "$@" --skip-provider-lock --auto-approve; fi
}
`;

/**
 * Runs commands in a shell with the pasted variables, and returns its output without colours. Rejects with the whole output when a command
 * fails.
 */
export async function inShell(cwd: string, variables: string, commands: string, typed = ''): Promise<string> {
  const { PATH, HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR } = process.env;
  const own = join(ROOT, 'node_modules');
  const env = {
    ...{ HOME, TF_CLI_CONFIG_FILE, TF_PLUGIN_CACHE_DIR, PATH: `${own}/node/bin:${own}/.bin:${PATH}` },
    AWS_PROFILE: 'nobody',
  };
  const shell = spawn('bash', ['-c', `${FOR_A_TEST}${variables}\n${commands}`], { cwd, env });
  shell.stdin.end(typed);
  const [out, error, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'exit')]);
  if (code !== 0) throw new Error(`${commands}\nended with ${code}\n${out.slice(-3000)}\n${error.slice(-3000)}`);
  return stripVTControlCharacters(out);
}

/** Returns the blocks of commands below a heading of a page in docs. */
export async function commandsBelow(page: string, heading: string): Promise<string[]> {
  const guide = await readFile(join(ROOT, 'docs', page), 'utf8');
  const section = guide.split(/^#+ /m).find((each) => each.startsWith(`${heading}\n`));
  if (!section) throw new Error(`docs/${page} has no heading ${heading}`);
  return [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = '']) => block);
}
