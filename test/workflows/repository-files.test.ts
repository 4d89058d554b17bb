import { globSync, readFileSync } from 'node:fs';
import { dirname, join, matchesGlob } from 'node:path';
import { expect } from 'chai';
import { parse } from 'yaml';
import { ACCOUNTS } from '../../stacks/environments/account.ts';
import { parseSource, ROOT, targetOf } from '../house/source-files.ts';
import { callsIn } from './checks/commands.ts';
import { STEPS } from './checks/deployment.ts';
import { jobsOf, readProject } from './project.ts';

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The scripts that run with rights on AWS or at GitHub, with all of scripts/ that they import. */
function privilegedScripts(): string[] {
  const project = readProject();
  const places = jobsOf(project)
    .filter(({ permissions = {} }) => Object.values(permissions).includes('write'))
    .map(({ place }) => place);
  const left = callsIn(project)
    .filter(({ place }) => places.includes(place))
    .map(({ verb }) => project.scripts[verb]?.split(' ')[1] ?? '');
  const reached = new Set<string>();
  for (let path = left.pop(); path; path = left.pop()) {
    if (reached.has(path) || !path.startsWith('scripts/')) continue;
    reached.add(path);
    const { imports } = parseSource({ path, text: read(path) });
    for (const { specifier, typeOnly } of imports) if (!typeOnly) left.push(targetOf(path, specifier));
  }
  return [...reached].sort();
}

/** What decides beside them what runs with these rights. */
const DECIDING = [
  ...['package.json', 'package-lock.json', '.npmrc', '.nvmrc', 'shared/contracts/names.ts', 'stacks/suppressions.ts'],
  ...[
    'stacks/foundation/container-repositories.ts',
    'test/workflows/allowed.yml',
    'scripts/images/build.ts',
    'scripts/find-build.ts',
  ],
  ...globSync('containers/*/Dockerfile', { cwd: ROOT }),
];

describe('CODEOWNERS', () => {
  const rules = read('.github/CODEOWNERS')
    .split('\n')
    .filter((line) => line && !line.startsWith('#'))
    .map((line) => line.split(/\s+/))
    .map(([pattern = '', ...owners]) => ({ pattern, owners }));

  /** The last line counts. */
  const ownersOf = (path: string): string[] =>
    rules.findLast(
      ({ pattern }) =>
        pattern === '*' || (pattern.endsWith('/') ? `/${path}`.startsWith(pattern) : matchesGlob(`/${path}`, pattern)),
    )?.owners ?? [];

  it('names files and folders that exist, each with an owner', () => {
    for (const { pattern, owners } of rules) {
      expect(pattern === '*' || globSync(pattern.slice(1), { cwd: ROOT }).length > 0, pattern).to.equal(true);
      for (const owner of owners) expect(owner).to.match(/^@[\w-]+(\/[\w-]+)?$/);
      expect(owners, pattern).to.not.be.empty;
    }
  });

  it('gives what runs with rights on AWS or at GitHub to those who review rights', () => {
    const [security] = ownersOf('.github/CODEOWNERS');
    const scripts = privilegedScripts();
    expect(scripts).to.include.members(['scripts/deploy.ts', 'scripts/images/push.ts', 'scripts/publish-report.ts']);
    const others = [...scripts, ...DECIDING].filter((path) => !ownersOf(path).includes(security ?? ''));
    expect(others).to.deep.equal([]);
  });

  it('gives rights and costs to further reviewers than the rest of the code', () => {
    const usual = ownersOf('shared/domain/plan.ts');
    const security = ownersOf('.github/workflows/deploy.yml');
    expect(security).to.not.deep.equal(usual);
    for (const path of ['stacks/access/github-trust.ts', 'stacks/bootstrap-stack.ts', '.github/CODEOWNERS'])
      expect(ownersOf(path), path).to.deep.equal(security);
    const finance = ownersOf('stacks/environments/prod.ts').filter((owner) => !usual.includes(owner));
    expect(finance).to.not.be.empty;
    for (const path of [
      'stacks/environments/account.ts',
      'stacks/ranges/all-ranges.ts',
      'stacks/compute/worker-fleet.ts',
    ])
      expect(ownersOf(path), path).to.include.members(finance);
  });
});

interface Update {
  'package-ecosystem': string;
  directory?: string;
  directories?: string[];
  schedule: { interval: string };
  groups: object;
}

describe('dependabot.yml', () => {
  const { updates } = parse(read('.github/dependabot.yml')) as { updates: Update[] };
  const isCovered = (ecosystem: string, folder: string): boolean =>
    updates.some(
      ({ 'package-ecosystem': name, directory, directories = [] }) =>
        name === ecosystem && [directory, ...directories].some((pattern) => pattern && matchesGlob(folder, pattern)),
    );

  it('keeps the lockfile, the bases of every image and every action fresh', () => {
    const dockerfiles = globSync('{containers,scripts,test}/**/*Dockerfile', { cwd: ROOT });
    expect(dockerfiles).to.have.length.above(3);
    for (const path of dockerfiles) expect(isCovered('docker', `/${dirname(path)}`), path).to.equal(true);
    for (const path of globSync('.github/actions/*/action.yml', { cwd: ROOT }))
      expect(isCovered('github-actions', `/${dirname(path)}`), path).to.equal(true);
    expect(isCovered('github-actions', '/')).to.equal(true);
    expect(isCovered('npm', '/')).to.equal(true);
  });

  it('asks once a week, for several upgrades together', () => {
    for (const { schedule, groups } of updates) {
      expect(schedule.interval).to.equal('weekly');
      expect(groups).to.not.be.empty;
    }
  });
});

describe('templates of issues and pull requests', () => {
  const FIELDS = ['textarea', 'input', 'dropdown', 'checkboxes', 'markdown'];

  for (const path of globSync('.github/ISSUE_TEMPLATE/{bug,feature}.yml', { cwd: ROOT }))
    it(`${path} is a form that GitHub takes`, () => {
      const { name, description, body } = parse(read(path));
      expect([name, description].map((text) => typeof text)).to.deep.equal(['string', 'string']);
      expect(body).to.not.be.empty;
      const ids = body.map(({ id }: { id: string }) => id);
      expect(new Set(ids).size).to.equal(ids.length);
      for (const { type, attributes } of body) {
        expect(FIELDS).to.include(type);
        expect(attributes.label).to.be.a('string');
      }
    });

  it('send vulnerabilities to SECURITY.md of the repository that stacks/environments/account.ts names', () => {
    const [{ github } = { github: { owner: '', repository: '' } }] = Object.values(ACCOUNTS);
    const [link] = parse(read('.github/ISSUE_TEMPLATE/config.yml')).contact_links;
    expect(link.url).to.equal(`https://github.com/${github.owner}/${github.repository}/blob/main/SECURITY.md`);
  });

  it('name scripts and labels that there are', () => {
    const template = read('.github/PULL_REQUEST_TEMPLATE.md');
    const { scripts } = JSON.parse(read('package.json'));
    for (const [, verb = ''] of template.matchAll(/npm run ([\w:]+)/g)) expect(scripts).to.have.property(verb);
    const [, label = ''] = /label `([^`]+)`/.exec(template) ?? [];
    expect(read('.github/workflows/plan.yml')).to.include(`'${label}'`);
  });
});

describe('docs/workflows.md', () => {
  it('describes every workflow and every step of a deployment', () => {
    const page = read('docs/workflows.md');
    const described = [...page.matchAll(/^\| `([\w-]+(?:\.yml)?)` \|/gm)].map(([, name]) => name);
    expect(described).to.include.members(globSync('*.yml', { cwd: join(ROOT, '.github/workflows') }));
    const [first] = described.flatMap((name, at) => (name === 'address' ? [at + 1] : []));
    const steps = Object.keys(STEPS);
    expect(described.slice(first, (first ?? 0) + steps.length)).to.deep.equal(steps);
  });
});
