import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const FOLDER = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

/**
 * Installs a package such as `redbot==2.7.1` into its own virtual environment if necessary, and returns the folder of its programs. Rejects
 * where python3, pip or the package index is missing.
 */
export async function installPythonTool(requirement: string, module: string): Promise<string> {
  const folder = join(FOLDER, requirement.replace('==', '-'));
  const programs = join(folder, 'bin');
  const python = join(programs, 'python3');
  const isThere = await run(python, ['-c', `import ${module}`]).then(
    () => true,
    () => false,
  );
  if (isThere) return programs;
  await run('python3', ['-m', 'venv', '--clear', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', requirement]);
  await run(python, ['-c', `import ${module}`]);
  return programs;
}
