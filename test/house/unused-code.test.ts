import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { ROOT } from './source-files.ts';

const manifest = (name: string, more: object): string =>
  JSON.stringify({ name, version: '1.0.0', private: true, type: 'module', ...more });

const MADE_UP: Record<string, string> = {
  'package.json': manifest('made-up', {
    workspaces: ['shared', 'containers/*'],
    scripts: { start: 'node scripts/start.ts' },
    dependencies: { 'needed-by-tests-alone': '1.0.0' },
    devDependencies: { 'for-tests': '1.0.0', 'in-no-file': '1.0.0' },
  }),
  'shared/package.json': manifest('@image-service/shared', { dependencies: { joi: '1.0.0' } }),
  'shared/http/used.ts': "import 'joi';\nexport const used = 1;\nexport const unused = 2;\n",
  'shared/http/in-no-file.ts': 'export {};\n',
  'containers/worker/package.json': manifest('@image-service/worker', {
    dependencies: { sharp: '1.0.0', idle: '1.0.0', '@image-service/shared': '*' },
  }),
  'containers/worker/main.ts': "import 'sharp';\nimport { used } from '../../shared/http/used.ts';\nvoid used;\n",
  'containers/download/package.json': manifest('@image-service/download', {}),
  'containers/download/main.ts': "import 'sharp';\nimport './gone.ts';\n",
  'scripts/start.ts': "import 'for-tests';\n",
  'test/a.test.ts': "import 'for-tests';\nimport 'needed-by-tests-alone';\nimport 'undeclared';\n",
};

interface Issue {
  file: string;
  [kind: string]: unknown;
}

function findingsOf(folder: string, ...options: string[]): string[] {
  const knip = join(ROOT, 'node_modules/knip/bin/knip.js');
  const { stdout, stderr } = spawnSync(process.execPath, [knip, '--reporter', 'json', ...options], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (!stdout) throw new Error(stderr);
  const { issues } = JSON.parse(stdout) as { issues: Issue[] };
  return issues.flatMap(({ file, ...kinds }) =>
    Object.entries(kinds).flatMap(([kind, found]) =>
      (Array.isArray(found) ? (found as { name: string }[]) : []).map(({ name }) => `${kind}: ${name} in ${file}`),
    ),
  );
}

describe('npm run unused', () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'unused-code-'));
    cpSync(join(ROOT, 'knip.jsonc'), join(folder, 'knip.jsonc'));
    for (const [path, text] of Object.entries(MADE_UP)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  it('finds unused files, exports and dependencies, and unresolved imports', () => {
    expect(findingsOf(folder)).to.have.members([
      'files: shared/http/in-no-file.ts in shared/http/in-no-file.ts',
      'exports: unused in shared/http/used.ts',
      'dependencies: idle in containers/worker/package.json',
      'devDependencies: in-no-file in package.json',
      'unlisted: undeclared in test/a.test.ts',
      'unlisted: sharp in containers/download/main.ts',
      'unresolved: ./gone.ts in containers/download/main.ts',
    ]);
  });

  it('finds packages that a program needs but that are installed only for tests or for another service', () => {
    expect(findingsOf(folder, '--production', '--strict', '--include', 'unlisted,dependencies')).to.have.members([
      'dependencies: idle in containers/worker/package.json',
      'dependencies: needed-by-tests-alone in package.json',
      'unlisted: for-tests in scripts/start.ts',
      'unlisted: sharp in containers/download/main.ts',
    ]);
  });
});
