import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import { type Import, parseSource, ROOT, readSources, type SourceFile, targetOf } from './source-files.ts';

const FOLDERS = ['shared', 'containers', 'scripts', 'stacks', 'test'];

/** The folders that the files of a folder may import beside their own. The longest name that matches a file counts. */
const MAY_IMPORT: Record<string, string[]> = {
  'shared/domain': [],
  'shared/contracts': ['shared/domain'],
  'shared/storage': ['shared/domain', 'shared/contracts'],
  'shared/runtime': ['shared/domain', 'shared/contracts'],
  // A server gets a logger and uses its type, and nothing else of the runtime.
  'shared/http': ['shared/domain', 'shared/contracts', 'shared/runtime/logger.ts'],
  // Code of both upload services.
  'shared/uploads': ['shared/domain', 'shared/contracts', 'shared/storage'],
  // Runs every service with its clients.
  'shared/services': ['shared/domain', 'shared/contracts', 'shared/storage', 'shared/runtime'],
  containers: [
    'shared/domain',
    'shared/contracts',
    'shared/storage',
    'shared/uploads',
    'shared/http',
    'shared/runtime',
    'shared/services',
  ],
  // Its commands read the command line, and fill pages with what they generate, as all others do.
  stacks: ['shared/domain', 'shared/contracts', 'scripts/docs/markdown.ts', 'scripts/command-line.ts'],
  // Pages tell what settings cost, by the same model as npm run cost. Nothing that is deployed imports them.
  'stacks/docs': [
    'stacks',
    'shared/domain',
    'shared/contracts',
    'scripts/docs/markdown.ts',
    'scripts/command-line.ts',
    'scripts/cost',
    'scripts/target-stack/synthesised-environment.ts',
  ],
  // What something costs is worked out by the same prices in the stacks and in npm run cost.
  scripts: [
    'shared/domain',
    'shared/contracts',
    'shared/storage',
    'shared/uploads',
    'shared/http',
    'shared/runtime',
    'stacks/prices',
    'stacks/compute/instance-types.ts',
    'stacks/compute/instance-capacity.ts',
    // The simulation of workers drives the scaling rule itself.
    'stacks/environments',
    'stacks/compute/backlog-rule.ts',
    'stacks/compute/managed-scaling.ts',
    'stacks/compute/worker-load.ts',
  ],
  test: ['shared', 'containers', 'scripts', 'stacks'],
};

/** Files from which only types may be imported. */
const TYPES_ONLY = [{ from: 'shared/http', to: 'shared/runtime/logger.ts' }];

/** The only files and folders that may import a package. Tests may import everything. */
const PACKAGE_USERS: [packages: RegExp, users: string[]][] = [
  [/^@aws-sdk\//, ['shared/storage', 'shared/runtime/clients.ts']],
  [/^@hapi\//, ['shared/http', 'containers']],
  [/^joi$/, ['shared/contracts', 'shared/runtime/config.ts', 'shared/http']],
  [/^pino$/, ['shared/runtime/logger.ts']],
  [/^jose$/, ['shared/services', 'scripts/local/data-folder/issuer.ts', 'scripts/upload/caller.ts']],
  [/^safe-stable-stringify$/, ['shared/domain/fingerprint.ts']],
  [/^libheif-js$/, ['containers/worker/pipeline/formats/heif/libheif.ts']],
  // The benchmark compares the worker with the bare library; the documentation draws the sources of its pictures, and the smoke test its own,
  // which it also decodes.
  [/^sharp$/, ['containers/worker', 'scripts/bench', 'scripts/docs', 'scripts/smoke']],
  [/^sqs-consumer$/, ['containers/worker']],
  [/^(@aws-lambda-powertools\/metrics|prom-client)$/, ['containers/worker']],
  [/^@fastify\/busboy$/, ['containers/sync-upload']],
  [/^structured-headers$/, ['shared/uploads', 'shared/http', 'containers/async-upload']],
  [/^image-size$/, ['shared/uploads']],
  [/^hash-wasm$/, ['shared/uploads']],
  [/^piscina$/, ['shared/storage', 'shared/uploads/svg']],
  [/^(css-tree|dompurify|jsdom)$/, ['shared/uploads/svg']],
  [/^dataloader$/, ['containers/sync-upload']],
  [/^p-retry$/, ['scripts', 'containers/sync-upload']],
  [/^lru-cache$/, ['containers/async-upload', 'containers/download', 'shared/services', 'shared/uploads']],
  [/^p-map$/, ['scripts', 'containers/download']],
  [/^(cli-progress|cli-table3|pretty-bytes|autocannon)$/, ['scripts']],
  [/^(swagger-ui-dist|range-parser)$/, ['containers/download']],
  [/^content-disposition$/, ['containers/download', 'containers/sync-upload/incoming-upload.ts', 'scripts/upload']],
  [/^(vega|vega-lite|@remix-run\/html-template)$/, ['scripts/cost/report']],
  [/^@cloud-copilot\/iam-data$/, ['stacks/checks/access/iam-actions.ts']],
  // cdktn succeeds cdktf: docs/infrastructure.md says how to migrate, and the rule must hold then too.
  [/^(cdktf|cdktn|constructs|@(cdktf|cdktn)\/.*)$/, ['stacks']],
  [/^(dynalite|fauxqs|get-port|classic-level|pino-pretty)$/, ['scripts']],
  [/^pure-rand\//, ['scripts/cost/simulation/random-streams.ts']],
  // The domain is pure: it imports only those modules of Node that compute, not those that read or write.
  [
    /^node:(?!crypto$)/,
    [
      'shared/contracts',
      'shared/storage',
      'shared/uploads',
      'shared/http',
      'shared/runtime',
      'containers',
      'stacks',
      'scripts',
    ],
  ],
];

/** `stacks/main.ts` is here for a switch that CDKTF reads only from the environment. */
const ENVIRONMENT_READERS = [
  'shared/runtime/config.ts',
  // It reads one variable, and config.ts would load the schemas of all for each of its many starts.
  'shared/runtime/health-check.ts',
  'stacks/main.ts',
  'scripts',
];

const FORBIDDEN_NAMES = /^(utils?|helpers?|common|misc|index)\.ts$/;

const isIn = (path: string, place: string): boolean => path === place || path.startsWith(`${place}/`);

const folderOf = (path: string): string | undefined =>
  Object.keys(MAY_IMPORT)
    .filter((folder) => isIn(path, folder))
    .sort((a, b) => b.length - a.length)[0];

/** The folder whose files a file may import freely. Each container is a folder of its own. */
const homeOf = (path: string): string | undefined => /^containers\/[^/]+/.exec(path)?.[0] ?? folderOf(path);

function refusalOf(from: string, { specifier, typeOnly }: Import): string | undefined {
  if (specifier.startsWith('(')) return `has an import that is not a string: ${specifier}`;
  const target = targetOf(from, specifier);
  if (FOLDERS.some((folder) => isIn(target, folder))) {
    const folder = folderOf(from);
    const home = homeOf(from);
    if (home && isIn(target, home)) return undefined;
    if (!MAY_IMPORT[folder ?? '']?.some((place) => isIn(target, place))) return `may not import ${target}`;
    const mustBeType = TYPES_ONLY.some((rule) => isIn(from, rule.from) && isIn(target, rule.to));
    return mustBeType && !typeOnly ? `may import only types from ${target}` : undefined;
  }
  if (specifier.startsWith('.'))
    return isIn(from, 'test') ? undefined : `imports a file outside the source folders: ${target}`;
  const users = PACKAGE_USERS.find(([packages]) => packages.test(target))?.[1];
  if (isIn(from, 'test') || users?.some((user) => isIn(from, user))) return undefined;
  if (users) return `may not import ${target}`;
  const isShared = isIn(from, 'shared') && !target.startsWith('node:');
  return isShared ? `imports ${target}, which no folder may import` : undefined;
}

/** All violations of the import rules in the files. */
function violations(files: SourceFile[]): string[] {
  return files.flatMap((file) => {
    const { imports, members } = parseSource(file);
    const readsEnvironment =
      members.some(({ object, property }) => object === 'process' && property === 'env') ||
      imports.some(({ specifier }) => /^(node:)?process$/.test(specifier));
    const mayRead = isIn(file.path, 'test') || ENVIRONMENT_READERS.some((place) => isIn(file.path, place));
    return [
      ...(folderOf(file.path) ? [] : ['is in no known folder']),
      ...(FORBIDDEN_NAMES.test(basename(file.path)) ? ['is not named after what is in it'] : []),
      ...(readsEnvironment && !mayRead ? ['reads process.env'] : []),
      ...imports.map((found) => refusalOf(file.path, found)).filter((refusal) => refusal !== undefined),
    ].map((refusal) => `${file.path} ${refusal}`);
  });
}

const MADE_UP: [path: string, text: string, refusal: string | undefined][] = [
  ['shared/domain/a.ts', "import { b } from './b.ts';\nimport { createHash } from 'node:crypto';", undefined],
  ['shared/domain/a.ts', "import { b } from '../contracts/b.ts';", 'may not import shared/contracts/b.ts'],
  ['shared/domain/a.ts', "import type { B } from '../contracts/b.ts';", 'may not import shared/contracts/b.ts'],
  ['shared/domain/a.ts', "import { readFile } from 'node:fs/promises';", 'may not import node:fs'],
  ['shared/domain/a.ts', "import Joi from 'joi';", 'may not import joi'],
  ['shared/contracts/a.ts', "export * from '../storage/b.ts';", 'may not import shared/storage/b.ts'],
  ['shared/contracts/a.ts', "type B = import('../http/b.ts').B;", 'may not import shared/http/b.ts'],
  ['shared/contracts/a.ts', "import _ from 'lodash';", 'imports lodash, which no folder may import'],
  ['shared/storage/a.ts', "export { b } from '../http/b.ts';", 'may not import shared/http/b.ts'],
  ['shared/storage/a.ts', "import { b } from '../runtime/logger.ts';", 'may not import shared/runtime/logger.ts'],
  ['shared/http/a.ts', "import type { Logger } from '../runtime/logger.ts';", undefined],
  [
    'shared/http/a.ts',
    "import { createLogger } from '../runtime/logger.ts';",
    'may import only types from shared/runtime/logger.ts',
  ],
  ['shared/http/a.ts', "import { loadConfig } from '../runtime/config.ts';", 'may not import shared/runtime/config.ts'],
  ['shared/runtime/a.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'may not import @aws-sdk/client-s3'],
  ['shared/runtime/clients.ts', "import { S3Client } from '@aws-sdk/client-s3';", undefined],
  ['shared/runtime/a.ts', "import { b } from '../services/b.ts';", 'may not import shared/services/b.ts'],
  [
    'shared/runtime/a.ts',
    "const b = await import('../../containers/worker/b.ts');",
    'may not import containers/worker/b.ts',
  ],
  ['shared/runtime/a.ts', 'const b = await import(name);', 'has an import that is not a string: (Identifier)'],
  ['shared/runtime/a.ts', 'const { env } = process;', 'reads process.env'],
  ['shared/runtime/a.ts', "globalThis.process['env'].HOME;", 'reads process.env'],
  ['shared/runtime/a.ts', "import { env } from 'node:process';", 'reads process.env'],
  ['shared/http/helpers.ts', '', 'is not named after what is in it'],
  ['shared/new/a.ts', '', 'is in no known folder'],
  ['containers/worker/a.ts', "import { b } from './pipeline/b.ts';", undefined],
  ['containers/worker/a.ts', "import { b } from '../download/b.ts';", 'may not import containers/download/b.ts'],
  ['containers/worker/a.ts', "import '@image-service/download/b.ts';", 'may not import containers/download/b.ts'],
  ['containers/worker/a.ts', "import { b } from '../../stacks/b.ts';", 'may not import stacks/b.ts'],
  ['containers/worker/a.ts', "import { b } from '../../test/support/b.ts';", 'may not import test/support/b.ts'],
  [
    'containers/worker/a.ts',
    "import b from '../../docs/b.ts';",
    'imports a file outside the source folders: docs/b.ts',
  ],
  ['containers/worker/a.ts', 'process.env.HOME;', 'reads process.env'],
  ['containers/download/a.ts', "import sharp from 'sharp';", 'may not import sharp'],
  ['containers/download/a.ts', "// import sharp from 'sharp';\nconst b = \"import sharp from 'sharp'\";", undefined],
  ['containers/download/a.ts', "createRequire(import.meta.url).resolve('sharp/package.json');", 'may not import sharp'],
  ['stacks/a.ts', "import { b } from '../containers/worker/b.ts';", 'may not import containers/worker/b.ts'],
  ['stacks/a.ts', "import { b } from '../shared/runtime/b.ts';", 'may not import shared/runtime/b.ts'],
  ['stacks/a.ts', "import { App } from 'cdktf';", undefined],
  ['stacks/a.ts', "import { b } from '../scripts/cost/b.ts';", 'may not import scripts/cost/b.ts'],
  ['stacks/docs/a.ts', "import { b } from '../../scripts/cost/b.ts';\nimport { c } from '../b.ts';", undefined],
  ['scripts/a.ts', "import { App } from 'cdktf';", 'may not import cdktf'],
  ['scripts/a.ts', "import { App } from 'cdktn';", 'may not import cdktn'],
  ['containers/worker/a.ts', "import '@cdktn/provider-aws/lib/vpc/index.js';", 'may not import @cdktn/provider-aws'],
  ['scripts/a.ts', "import { b } from '../containers/worker/b.ts';", 'may not import containers/worker/b.ts'],
  ['scripts/a.ts', "import { b } from '../stacks/compute/b.ts';", 'may not import stacks/compute/b.ts'],
  ['scripts/a.ts', "import { b } from '../stacks/prices/b.ts';", undefined],
  ['scripts/a.ts', 'process.env.HOME;', undefined],
  ['test/a.test.ts', "import sharp from 'sharp';\nimport '../stacks/b.ts';", undefined],
];

describe('imports', () => {
  const files = readSources(...FOLDERS);

  it('follow the order of folders, and use each package only where it is allowed', () => {
    expect(violations(files)).to.deep.equal([]);
  });

  it('are found in more than fifty files, in every folder', () => {
    expect(files.length).to.be.above(50);
    for (const folder of FOLDERS.filter((name) => existsSync(`${ROOT}${name}`) && name !== 'stacks')) {
      expect(
        files.some(({ path }) => isIn(path, folder)),
        folder,
      ).to.equal(true);
    }
    expect(files.flatMap((file) => parseSource(file).imports).length).to.be.above(200);
  });

  for (const [path, text, refusal] of MADE_UP) {
    it(`${refusal ? 'are refused' : 'are allowed'}: ${path} with ${text.replaceAll('\n', ' ') || 'that name'}`, () => {
      expect(violations([{ path, text }])).to.deep.equal(refusal ? [`${path} ${refusal}`] : []);
    });
  }
});
