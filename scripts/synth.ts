import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments, runCommand } from './command-line.ts';

const HELP = `npm run synth
Writes the Terraform configuration of every stack into cdktf.out/stacks, as cdktf synth does, after a look at the types: a setting that is
misspelt is none. Exit status 1 with a line for each mistake, and a stack that has one is not written; 2 for wrong use.

  --help  this text
`;

const root = fileURLToPath(new URL('..', import.meta.url));

/** A program of Node's with what it prints; answers whether it had no complaint. */
const run = (...args: string[]): boolean =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;

function synthesise(): number {
  const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
  // Of the second time on it looks at what has changed.
  const cache = 'node_modules/.cache/types.tsbuildinfo';
  if (!run(tsc, '-p', '.', '--incremental', '--tsBuildInfoFile', cache)) return 1;
  if (!run('stacks/main.ts')) return 1;
  process.stdout.write(`cdktf.out/stacks: ${readdirSync(`${root}cdktf.out/stacks`).sort().join(', ')}\n`);
  return 0;
}

await runCommand(() => {
  readArguments(HELP);
  return synthesise();
});
