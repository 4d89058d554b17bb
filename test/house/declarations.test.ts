import { globSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { ENVIRONMENT, type Environment, SERVICE_ENVIRONMENT } from '../../shared/contracts/environment.ts';
import { SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import { parseSource, ROOT, readSources, type Source, type SourceFile, targetOf } from './source-files.ts';

const read = (file: SourceFile) => ({ path: file.path, ...parseSource(file) });
const files = readSources('shared', 'containers', 'scripts').map(read);

type Parsed = (typeof files)[number];

describe('environment in use', () => {
  const readsOf = ({ members }: Source) =>
    members.filter(({ object, property }) => object === 'config' && /^[A-Z][A-Z0-9_]+$/.test(property));

  it('is in the contract', () => {
    const names = files.flatMap((file) => readsOf(file).map(({ property }) => property));
    expect(names).to.include.members(['PORT', 'AWS_REGION']);
    expect(Object.keys(ENVIRONMENT)).to.include.members(names);
  });

  for (const service of Object.keys(SERVICES) as ServiceName[]) {
    it(`of ${service} is listed for it`, () => {
      const own = files.filter(({ path }) => path.startsWith(`containers/${service}/`));
      const names = own.flatMap((file) => readsOf(file).map(({ property }) => property as keyof Environment));
      expect(names).to.not.be.empty;
      expect(SERVICE_ENVIRONMENT[service]).to.include.members(names);
    });
  }

  it('is every variable of the contract', () => {
    const readers = files.filter(({ path }) => /^(shared\/(http|runtime)|containers)\//.test(path));
    const names = new Set(readers.flatMap(({ members }) => members.map(({ property }) => property)));
    expect(Object.keys(ENVIRONMENT).filter((name) => !names.has(name))).to.deep.equal([]);
  });
});

describe('dependencies', () => {
  const manifest = (path: string): Record<'dependencies' | 'devDependencies', Record<string, string>> => ({
    dependencies: {},
    devDependencies: {},
    ...JSON.parse(readFileSync(`${ROOT}${path}`, 'utf8')),
  });
  const workspaces = [
    'shared',
    ...globSync('containers/*/package.json', { cwd: ROOT }).map((path) => path.slice(0, -13)),
  ];
  const declaredIn = (workspace: string) => Object.keys(manifest(`${workspace}/package.json`).dependencies);
  const isPackage = (target: string) =>
    !target.startsWith('node:') && !/^(shared|containers|scripts|stacks|test)\//.test(target);
  const importedBy = (folder: string, sources: Parsed[] = files) => {
    const own = sources.filter(({ path }) => path.startsWith(`${folder}/`));
    const targets = own.flatMap(({ path, imports }) => imports.map(({ specifier }) => targetOf(path, specifier)));
    const shared = targets.some((target) => target.startsWith('shared/')) ? ['@image-service/shared'] : [];
    return new Set([...targets.filter(isPackage), ...(folder === 'shared' ? [] : shared)]);
  };

  for (const workspace of workspaces) {
    it(`of ${workspace} are declared where they are imported`, () => {
      const declared = declaredIn(workspace);
      const inherited = declared.includes('@image-service/shared') ? declaredIn('shared') : [];
      expect([...declared, ...inherited]).to.include.members([...importedBy(workspace)]);
    });

    it(`of ${workspace} are imported where they are declared`, () => {
      expect([...importedBy(workspace)]).to.include.members(declaredIn(workspace));
    });
  }

  const roots = manifest('package.json');
  const forRunning = [...Object.keys(roots.dependencies), ...workspaces.flatMap(declaredIn), '@image-service/shared'];

  it('of scripts and tests are declared somewhere in the house', () => {
    const sources = readSources('scripts', 'test').map(read);
    const imported = [...importedBy('scripts', sources), ...importedBy('test', sources)];
    expect(imported).to.include.members(['chai', 'get-port']);
    expect([...forRunning, ...Object.keys(roots.devDependencies)]).to.include.members(imported);
  });

  it('of what runs the service and asks it are installed by npm ci --omit=dev', () => {
    const running = readSources('scripts').filter(({ path }) => !/^scripts\/(bench|docs|synth|test-)/.test(path));
    const imported = [...importedBy('scripts', running.map(read))];
    expect(imported).to.include.members(['dynalite', 'fauxqs']);
    expect(forRunning).to.include.members(imported);
    expect(roots.dependencies).to.have.property('node');
  });

  it('of the root are in use where they are installed without those of the tests', () => {
    const imported = importedBy('scripts', readSources('scripts').map(read));
    expect(Object.keys(roots.dependencies).filter((name) => name !== 'node' && !imported.has(name))).to.deep.equal([]);
  });
});
