import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Generator } from './generators.ts';
import { toolFolder } from './tools.ts';

const run = promisify(execFile);

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url));

const TSCONFIG = {
  compilerOptions: {
    ...{ strict: true, noEmit: true, target: 'es2023', module: 'esnext', moduleResolution: 'bundler' },
    ...{
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      types: ['node'],
      lib: ['es2023', 'dom', 'dom.iterable'],
    },
  },
  include: ['main.ts', 'generated'],
};

/** The folder in which a client is generated, compiled and run, with its program and the images that it uploads. */
export interface ClientFolder {
  path: string;
  /** The URL of the service. */
  url: string;
}

/** Writes the files that a client needs beside the generated ones. */
export async function openClientFolder(name: string, parent: string, images: Record<string, Buffer>): Promise<string> {
  const path = join(parent, name);
  await mkdir(join(path, 'generated'), { recursive: true });
  await cp(join(PROGRAMS, name), path, { recursive: true });
  for (const [image, bytes] of Object.entries(images)) await writeFile(join(path, image), bytes);
  await writeFile(join(path, 'package.json'), '{ "private": true, "type": "module" }\n');
  await writeFile(join(path, 'tsconfig.json'), JSON.stringify(TSCONFIG));
  await symlink(join(toolFolder('npm'), 'node_modules'), join(path, 'node_modules'));
  return path;
}

/** Runs a command and returns its standard output. If it fails, the error's message has all of its output. */
async function execute(command: string[], { path, url }: ClientFolder): Promise<string> {
  const [program = '', ...given] = command.map((word) => filled(word, url));
  const env = { ...process.env, BASE_URL: url, GOFLAGS: '-mod=mod' };
  try {
    const { stdout } = await run(program, given, { cwd: path, env, maxBuffer: 2 ** 26 });
    return stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${program} ${given.join(' ')}: ${(error as Error).message.split('\n')[0]}\n${stdout}${stderr}`);
  }
}

const filled = (word: string, url: string): string => {
  if (word === '$URL') return url;
  if (word.startsWith('$PYTHON')) return word.replace('$PYTHON', toolFolder('python'));
  return word.startsWith('$GO') ? word.replace('$GO', toolFolder('go')) : word;
};

/** Generates, compiles and runs a client. Returns the value that it reports for each step. */
export async function doMainJob(generator: Generator, folder: ClientFolder): Promise<Record<string, string>> {
  for (const command of [generator.generate, ...generator.compile]) await execute(command, folder);
  const told = await execute(generator.run, folder);
  const lines = told.trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]));
}
