import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readArguments, runCommand } from './command-line.ts';

const HELP = `npm run synth
Writes the Terraform configuration of every stack into cdktf.out/stacks, as cdktf synth does. It checks the types first, so that misspelt
settings are found. Exit status 1 with a line for each mistake, and a stack that has one is not written; 2 for wrong use.

  --help  this text
`;

const root = fileURLToPath(new URL('..', import.meta.url));

/** Runs a Node program, shows its output, and returns whether it succeeded. */
const run = (...args: string[]): boolean =>
  spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status === 0;

function synthesise(): number {
  const tsc = fileURLToPath(new URL('bin/tsc', import.meta.resolve('typescript/package.json')));
  // From the second run on, tsc checks only what has changed.
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
