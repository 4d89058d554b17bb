import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createGateway } from '../../scripts/gateway.ts';
import { freePort } from '../../scripts/local/free-port.ts';
import { linesOf, plainTable } from '../../scripts/terminal/plain-table.ts';
import { SERVICE_NAMES, type ServiceName } from '../../shared/contracts/services.ts';
import { wholeServiceTests } from '../support/services/whole-service-tests.ts';
import { runContainer } from './container.ts';
import { optionsOf } from './image-options.ts';
import { type ImageServices, KEY, type Running, startImages } from './services.ts';

/** The command by which Docker checks the health of an image, as its Dockerfile says it. */
function healthCheckOf(service: ServiceName): string[] {
  const file = readFileSync(new URL(`../../containers/${service}/Dockerfile`, import.meta.url), 'utf8');
  return JSON.parse(/^HEALTHCHECK .* CMD (\[.+\])$/m.exec(file)?.[1] ?? '[]');
}

describe('the images', () => {
  let images: ImageServices;
  let url: string;
  let gateway: ReturnType<typeof createGateway>;
  before(async () => {
    images = await startImages();
    gateway = createGateway(images.targets);
    gateway.listen(0, '127.0.0.1');
    await once(gateway, 'listening');
    url = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
  });
  after(async () => {
    gateway?.closeAllConnections();
    gateway?.close();
    await images?.stop();
  });
  afterEach(function () {
    if (!this.currentTest?.isFailed()) return;
    for (const { service, container } of images.running.values())
      process.stderr.write(`${service}:\n${container.output()}\n`);
  });

  const runningOf = (service: ServiceName): Running => {
    const running = images.running.get(service);
    if (!running) throw new Error(`${service} does not run.`);
    return running;
  };

  it('are ready soon after their start', () => {
    const table = plainTable(['image', 'ms from start to ready']);
    for (const { service, readyMs } of images.running.values()) table.push([service, readyMs]);
    process.stdout.write(`\n${linesOf(table)}\n\n`);
    expect(images.running).to.have.property('size', SERVICE_NAMES.length);
  });

  wholeServiceTests(
    () => ({ url, key: KEY }),
    async ({ status }) => {
      expect(status).to.equal(204);
    },
  );

  for (const service of SERVICE_NAMES) {
    it(`run ${service} as 1000:1000 without capabilities, and without a way to get any`, () => {
      const status = readFileSync(`/proc/${runningOf(service).container.pid()}/status`, 'utf8');
      const field = (name: string) => new RegExp(`^${name}:\\s+(.+)$`, 'm').exec(status)?.[1];
      expect(field('Uid')).to.equal('1000\t1000\t1000\t1000');
      expect(field('Gid')).to.equal('1000\t1000\t1000\t1000');
      expect([field('CapEff'), field('CapBnd')]).to.deep.equal(['0'.repeat(16), '0'.repeat(16)]);
      expect([field('NoNewPrivs'), field('NSpid')?.split('\t').at(-1)]).to.deep.equal(['1', '1']);
    });

    it(`say that ${service} is healthy, by the command of its Dockerfile`, async () => {
      const { options } = runningOf(service);
      const { status, output } = await runContainer({ ...options, mounts: [], command: healthCheckOf(service) });
      expect(status, output).to.equal(0);
    });

    it(`say that ${service} is not healthy where nothing answers`, async () => {
      const { options } = runningOf(service);
      const environment = { ...options.environment, PORT: String(await freePort()) };
      const command = healthCheckOf(service);
      const { status, output } = await runContainer({ ...options, mounts: [], environment, command });
      expect(status, output).to.equal(1);
    });
  }

  it('say that a service that hangs is not healthy', async () => {
    const { container, options } = runningOf('download');
    process.kill(container.pid(), 'SIGSTOP');
    try {
      const { status, output } = await runContainer({ ...options, mounts: [], command: healthCheckOf('download') });
      expect(output).to.include('has not answered');
      expect(status).to.equal(1);
    } finally {
      process.kill(container.pid(), 'SIGCONT');
    }
  });

  it('have a file system that their programs cannot change', async () => {
    for (const place of ['/app/written', '/usr/local/bin/written', '/etc/written', '/written']) {
      const command = ['sh', '-c', `echo x > ${place}`];
      const { status, output } = await runContainer({ ...(await optionsOf('download')), command });
      expect(status, place).to.not.equal(0);
      expect(output, place).to.match(/Read-only file system|Permission denied/);
    }
    const { output } = await runContainer({ ...(await optionsOf('worker')), command: ['sh', '-c', 'echo x > /tmp/x'] });
    expect(output, 'without a volume').to.include('Read-only file system');
  });

  it('let no process of their user read the environment of another that runs Node', async () => {
    const script = 'node -e "setTimeout(() => undefined, 60000)" & sleep 1; cat /proc/$!/environ; kill $!';
    const { output } = await runContainer({ ...(await optionsOf('worker')), command: ['sh', '-c', script] });
    expect(output).to.include('Permission denied');
    expect(output).to.not.include('NODE_ENV');
  });

  it('refuse to start without the settings of the contract, and say which are missing', async () => {
    const { status, output } = await runContainer(await optionsOf('sync-upload'));
    expect(status).to.equal(1);
    expect(output).to.include('sync-upload cannot start, its environment is wrong').and.include('IMAGE_TABLE_NAME');
  });

  // The last test, since it ends them.
  for (const service of SERVICE_NAMES) {
    it(`end ${service} by SIGTERM, which reaches the program itself, with status 0`, async () => {
      const { container } = runningOf(service);
      container.kill('SIGTERM');
      expect(await container.ended(), container.output()).to.equal(0);
      expect(container.output()).to.include('"msg":"stopped"');
    });
  }
});
