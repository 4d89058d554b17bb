import { globSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { isTooLarge, sizeOf } from '../../scripts/images/sizes.ts';
import { linesOf, plainTable } from '../../scripts/terminal/plain-table.ts';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import { AGAIN, archive, BUILT, imageOf, rootOf } from './built.ts';
import { runContainer } from './container.ts';
import { optionsOf } from './image-options.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

interface Installed {
  name: string;
  version: string;
}

/** The packages of npm in an image: the folders with a version below a node_modules. */
const packagesIn = (root: string): Installed[] =>
  globSync('app/node_modules/**/package.json', { cwd: root })
    .filter((path) => /node_modules\/(@[^/]+\/)?[^/]+\/package\.json$/.test(path) && !path.includes('@image-service/'))
    .map((path) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Installed)
    .filter(({ version }) => version !== undefined);

for (const service of SERVICE_NAMES) {
  describe(`the image of ${service}`, () => {
    let root: string;
    before(async () => {
      root = await rootOf(service);
    });

    it('runs its main.ts on Node, as a user without a name, and says what it was built from', async () => {
      const { config } = (await imageOf(service)).config;
      const { nodeOptions, processEnvironment, summary, port } = SERVICES[service];
      expect(config.Cmd).to.deep.equal(['node', ...nodeOptions, `containers/${service}/main.ts`]);
      expect(config.Entrypoint).to.equal(undefined);
      expect([config.User, config.WorkingDir]).to.deep.equal(['1000:1000', '/app']);
      expect(Object.keys(config.ExposedPorts)).to.deep.equal([`${port}/tcp`]);
      const { PATH, ...environment } = Object.fromEntries(config.Env.map((line) => line.split(/=(.*)/s)));
      const revision = environment.IMAGE_SERVICE_REVISION;
      expect(revision).to.match(/^[0-9a-f]{40}$/);
      const built = { IMAGE_SERVICE_VERSION: version, IMAGE_SERVICE_REVISION: revision };
      expect(environment).to.deep.equal({ NODE_ENV: 'production', HOME: '/app', ...processEnvironment, ...built });
      const labels = Object.entries(config.Labels).map(([name, value]) => [name.split('.').at(-1), value]);
      expect(Object.fromEntries(labels)).to.deep.include({ title: `image-service/${service}`, description: summary });
      expect(Object.fromEntries(labels)).to.deep.include({ revision, version, licenses: 'Apache-2.0' });
    });

    it('has of the project the code of its service and what all share, and nothing else', () => {
      const own = globSync('app/{*,.*,containers/*}', { cwd: root }).sort();
      const places = ['containers', `containers/${service}`, 'node_modules', 'package.json', 'shared'];
      expect(own).to.deep.equal(places.map((place) => join('app', place)));
      expect(globSync(`app/{shared,containers}/**/{*.test.ts,Dockerfile,*.md,.env*}`, { cwd: root })).to.deep.equal([]);
    });

    it('has no npm, no tool of development, and sharp only in the worker', () => {
      expect(globSync('usr/{,local/}{bin,lib/node_modules}/{npm,npx,yarn,corepack}', { cwd: root })).to.deep.equal([]);
      const names = packagesIn(root).map(({ name }) => name);
      for (const tool of ['mocha', 'typescript', 'cdktf', 'node', 'dynalite', 'fauxqs', 'chai'])
        expect(names).to.not.include(tool);
      const isWorker = service === 'worker';
      expect([names.includes('sharp'), names.includes('sqs-consumer')]).to.deep.equal([isWorker, isWorker]);
    });

    it('has a Node that its user may run and not read, and no file of that user', async () => {
      const { mode, uid } = lstatSync(join(root, 'usr/local/bin/node'));
      expect([(mode & 0o7777).toString(8), uid]).to.deep.equal(['711', 0]);
      const owned = globSync('{app,usr,etc,home,opt,srv}/**', { cwd: root }).filter(
        (path) => lstatSync(join(root, path)).uid === 1000,
      );
      expect(owned).to.deep.equal([]);
      const read = await runContainer({ ...(await optionsOf(service)), command: ['cat', '/usr/local/bin/node'] });
      expect(read).to.deep.equal({ status: 1, output: 'cat: /usr/local/bin/node: Permission denied\n' });
    });

    it('is described by its bill of materials: Node, each package of npm, and those of Debian', async () => {
      const document = JSON.parse(readFileSync(join(BUILT, `${service}.spdx.json`), 'utf8'));
      const purls: string[] = document.packages.map(
        ({ externalRefs: [{ referenceLocator }] }: { externalRefs: [{ referenceLocator: string }] }) =>
          referenceLocator,
      );
      const { output } = await runContainer({ ...(await optionsOf(service)), command: ['node', '--version'] });
      expect(purls).to.include(`pkg:generic/node@${output.trim().slice(1)}`);
      const there = packagesIn(root).map(({ name, version }) => `pkg:npm/${name.replace('@', '%40')}@${version}`);
      expect(there).to.have.length.above(50);
      expect(there.filter((purl) => !purls.includes(purl))).to.deep.equal([]);
      const { images } = await archive(service);
      expect(purls.filter((purl) => purl.startsWith('pkg:deb/debian/libc6@'))).to.have.length(images.length);
    });
  });
}

describe('images', () => {
  it('keep to their budgets', async () => {
    const built = await Promise.all(SERVICE_NAMES.map(async (service) => sizeOf(service, await imageOf(service))));
    const table = plainTable(['image', 'platform', 'MB compressed', 'above the base', 'budget']);
    for (const size of built) table.push([size.service, size.platform, size.wholeMb, size.ownMb, size.budgetMb]);
    process.stdout.write(`\n${linesOf(table)}\n\n`);
    expect(built.filter(isTooLarge)).to.deep.equal([]);
  });

  it('are the same, byte by byte, when a commit is built again', async () => {
    expect((await imageOf('worker', AGAIN)).digest).to.equal((await imageOf('worker')).digest);
  });

  it('for another platform have its programs, and the same configuration', async () => {
    const other = process.arch === 'x64' ? 'arm64' : 'amd64';
    const foreign = await imageOf('worker', AGAIN, `linux/${other}`);
    const own = await imageOf('worker');
    expect(foreign.config.architecture).to.equal(other);
    expect(foreign.config.config).to.deep.equal(own.config.config);
    const root = await rootOf('worker', AGAIN, `linux/${other}`);
    const npmName = other === 'amd64' ? 'x64' : other;
    const natives = globSync('app/node_modules/@img/sharp*', { cwd: root }).map((path) => path.split('/').at(-1));
    expect(natives.sort()).to.deep.equal([`sharp-libvips-linux-${npmName}`, `sharp-linux-${npmName}`]);
    // The number of the machine in the head of an ELF file.
    expect(readFileSync(join(root, 'usr/local/bin/node')).readUInt16LE(18)).to.equal(other === 'arm64' ? 183 : 62);
  });

  it('share the layer of Node, which hosts that run several then have once', async () => {
    const layers = await Promise.all(
      SERVICE_NAMES.map(async (name: ServiceName) => (await imageOf(name)).layers[1]?.digest),
    );
    expect(new Set(layers)).to.have.property('size', 1);
  });
});
