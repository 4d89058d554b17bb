import { readFileSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { statusOf } from '../../../scripts/local/loopback.ts';
import { HEALTH_PATHS, SERVICE_NAMES, type ServiceName } from '../../../shared/contracts/services.ts';
import { type ComposeService, readCompose } from '../../support/compose-file.ts';
import { jsonOf, send } from '../../support/http/http-client.ts';
import { photograph } from '../../support/images/photographs.ts';
import { wholeServiceTests } from '../../support/services/whole-service-tests.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/storage/temporary-folder.ts';
import { type Container, type ContainerOptions, holds, startContainer } from '../container.ts';
import { optionsOf } from '../image-options.ts';

const services = readCompose();
const URL_OF_ALL = 'http://127.0.0.1:8080';

/** The image of the gateway and the emulators, which npm run test:images has built. */
const LOCAL: ContainerOptions = {
  root: process.env.TEST_LOCAL ?? '',
  command: [],
  environment: {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    NODE_ENV: 'production',
    HOME: '/app',
  },
  user: '1000:1000',
  workingDirectory: '/app',
};

/** Starts what `docker compose up` starts, in its order, in the network of this process. */
class Composed {
  readonly containers = new Map<string, Container>();
  readonly folder: string;
  constructor(folder: string) {
    this.folder = folder;
  }

  async up(): Promise<void> {
    for (const name of ['dynamodb', 'sqs', 'setup']) await this.start(name);
    expect(await this.of('setup').ended(), this.of('setup').output()).to.equal(0);
    for (const name of ['gateway', ...SERVICE_NAMES]) await this.start(name);
    for (const name of SERVICE_NAMES) {
      const port = Number(services[name]?.environment?.PORT);
      const isReady = async () => (await statusOf(port, HEALTH_PATHS.readiness)) === 200;
      await holds(this.of(name), `${name} is ready`, isReady);
    }
    await holds(this.of('gateway'), 'the gateway listens', async () => (await statusOf(8080)) > 0);
  }

  of(name: string): Container {
    const container = this.containers.get(name);
    if (!container) throw new Error(`${name} is not started.`);
    return container;
  }

  async start(name: string): Promise<void> {
    const { command, environment = {}, volumes = [], tmpfs = [] } = services[name] as ComposeService;
    const isService = SERVICE_NAMES.some((service) => service === name);
    const image = isService ? await optionsOf(name as ServiceName) : LOCAL;
    const mounts = await Promise.all([
      ...volumes.map(async (volume) => {
        const [from = '', at = ''] = volume.split(':');
        return { from: await this.writable(from), at };
      }),
      ...tmpfs.map(async (at) => ({ from: await this.writable(`${name}-tmpfs`), at })),
    ]);
    this.containers.set(
      name,
      startContainer({
        ...image,
        command: command ?? image.command,
        environment: { ...image.environment, ...environment },
        mounts,
      }),
    );
  }

  /** Ends them in the order of `docker compose down`. Returns the exit statuses. */
  async down(): Promise<Record<string, number | string>> {
    const statuses: Record<string, number | string> = {};
    for (const name of [...this.containers.keys()].toReversed()) {
      const container = this.of(name);
      if (!container.hasEnded()) container.kill('SIGTERM');
      statuses[name] = await container.ended();
    }
    return statuses;
  }

  private async writable(name: string): Promise<string> {
    const folder = join(this.folder, name);
    await mkdir(folder, { recursive: true });
    await chown(folder, 1000, 1000);
    return folder;
  }
}

/** The addresses of this network that are listened at: hexadecimal, as the kernel has them. */
const listening = (): string[] =>
  ['tcp', 'tcp6'].flatMap((family) =>
    readFileSync(`/proc/net/${family}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .flatMap(([, address = '', , state]) => (state === '0A' ? [address] : [])),
  );

describe('docker compose up', () => {
  let folder: TemporaryFolder;
  let composed: Composed;
  let key: string;
  before(async () => {
    folder = await createTemporaryFolder();
    composed = new Composed(folder.path);
    await composed.up();
    key = /^ {2}(\S{43})$/m.exec(composed.of('setup').output())?.[1] ?? '';
  });
  after(async () => {
    await composed?.down();
    await folder?.remove();
  });
  afterEach(function () {
    if (!this.currentTest?.isFailed()) return;
    for (const [name, container] of composed.containers) process.stderr.write(`${name}:\n${container.output()}\n`);
  });

  it('shows the key of callers once, and keeps only its digest', () => {
    expect(key).to.have.length(43);
    expect(readFileSync(join(folder.path, 'data/settings.env'), 'utf8')).to.not.include(key);
  });

  it('listens beyond loopback at the port of the gateway alone', () => {
    const beyond = listening().filter((address) => !/^0100007F:|^0{24}01000000:/.test(address));
    expect(beyond.map((address) => Number.parseInt(address.split(':')[1] ?? '', 16))).to.deep.equal([8080]);
    expect(beyond).to.have.length(1);
  });

  wholeServiceTests(
    () => ({ url: URL_OF_ALL, key }),
    async ({ status }) => {
      expect(status).to.equal(204);
    },
  );

  it('has the same data, and takes the same key, after docker compose down and up', async () => {
    const headers = { authorization: `Bearer ${key}` };
    const body = await photograph('jpeg', 64, 48);
    const uploaded = await send(URL_OF_ALL, { method: 'POST', path: '/v1/images', headers, body });
    const { links } = jsonOf(uploaded);
    const { setup, ...statuses } = await composed.down();
    expect(setup).to.equal(0);
    expect(new Set(Object.values(statuses))).to.deep.equal(new Set([0]));
    composed.containers.clear();
    await composed.up();
    expect(composed.of('setup').output()).to.not.include('shown only now');
    const original = await send(URL_OF_ALL, { path: links.original, headers });
    expect(original.body.equals(body)).to.equal(true);
  });
});
