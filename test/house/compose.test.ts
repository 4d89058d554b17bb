import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { API_KEYS_PATTERN } from '../../shared/contracts/caller-settings.ts';
import { LOOPBACK_HOSTS } from '../../shared/contracts/secure-url.ts';
import { SERVICE_NAMES, SERVICES } from '../../shared/contracts/services.ts';
import { loadConfig } from '../../shared/runtime/config.ts';
import { type ComposeService, readCompose } from '../support/compose-file.ts';
import { ROOT } from './source-files.ts';

const services = readCompose();
const ENV_FILE = '--env-file=/data/settings.env';
/** What setup-process.ts writes into the file of keys. */
const KEYS = { API_KEYS: 'a'.repeat(64), LINK_KEYS: `local:${'k'.repeat(43)}`, PART_URL_SECRET: 's'.repeat(43) };

const of = (name: string): ComposeService => {
  const service = services[name];
  if (!service) throw new Error(`compose.yaml has no ${name}.`);
  return service;
};

describe('compose.yaml', () => {
  it('runs the four services, the gateway and the emulators, and what prepares them', () => {
    const others = ['network', 'dynamodb', 'sqs', 'setup', 'gateway'];
    expect(Object.keys(services)).to.have.members([...others, ...SERVICE_NAMES]);
  });

  for (const service of SERVICE_NAMES) {
    it(`starts ${service} as its image does, with its keys from the volume, and settings that it accepts`, () => {
      const { command, environment = {}, image } = of(service);
      const own = ['node', ENV_FILE, ...SERVICES[service].nodeOptions, `containers/${service}/main.ts`];
      // The worker needs no keys, and runs the command of its image.
      expect(command).to.deep.equal(service === 'worker' ? undefined : own);
      expect(image).to.equal(`image-service/${service}`);
      const config = loadConfig(service, { ...environment, ...(command && KEYS) });
      // The address of the connection is that of the gateway.
      if (command) expect(config).to.include({ TRUSTED_PROXIES: 1 });
      expect(config.PORT).to.equal(SERVICES[service].port);
      expect(API_KEYS_PATTERN.test(KEYS.API_KEYS)).to.equal(true);
    });

    it(`lets ${service} listen on loopback only, although it asks for keys`, () => {
      expect(of(service).environment?.HOST).to.be.oneOf(LOOPBACK_HOSTS);
    });
  }

  it('publishes one port, of the gateway, to this machine only', () => {
    const published = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    expect(published).to.deep.equal([['network', '127.0.0.1:8080:8080']]);
    for (const [name, { network_mode }] of Object.entries(services)) {
      expect(network_mode, name).to.equal(name === 'network' ? undefined : 'service:network');
    }
  });

  it('has only the gateway listen beyond loopback, with the file of keys, to which every caller needs one', () => {
    const open = Object.entries(services).filter(([, service]) => JSON.stringify(service).includes('0.0.0.0'));
    expect(open.map(([name]) => name)).to.deep.equal(['gateway']);
    expect(of('gateway').command).to.include(ENV_FILE);
    const targets = SERVICE_NAMES.filter((name) => name !== 'worker');
    for (const name of targets) {
      expect(of(name).environment?.AUTHENTICATION).to.equal('api-keys');
      expect(of('gateway').command).to.include(`${name}=http://127.0.0.1:${SERVICES[name].port}`);
    }
  });

  it('gives no container more rights than AWS does, and writes only to the volume and to memory', () => {
    for (const [name, service] of Object.entries(services)) {
      const { read_only, cap_drop, security_opt, volumes = [], tmpfs = [] } = service;
      expect({ read_only, cap_drop, security_opt }, name).to.deep.equal({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
      const expected = name === 'network' ? [[], []] : [['data:/data'], ['/tmp']];
      expect([volumes, tmpfs], name).to.deep.equal(expected);
    }
  });

  it('starts nothing that uses the keys, the table or the queue before they are made', () => {
    for (const name of ['gateway', ...SERVICE_NAMES])
      expect(of(name).depends_on, name).to.deep.equal({ setup: { condition: 'service_completed_successfully' } });
    expect(of('setup').depends_on).to.have.members(['dynamodb', 'sqs']);
  });

  it('contains no key, and starts programs that exist', () => {
    const text = readFileSync(`${ROOT}compose.yaml`, 'utf8');
    expect(text).to.not.match(/^\s*(API_KEYS|LINK_KEYS|PART_URL_SECRET)/m);
    const programs = Object.values(services).flatMap(({ command = [] }) =>
      command.filter((part) => part.endsWith('.ts')),
    );
    expect(programs.filter((path) => !existsSync(`${ROOT}${path}`))).to.deep.equal([]);
  });

  it('builds the gateway and the emulators on the Node of the services', () => {
    const baseOf = (path: string) =>
      /^FROM (?:--platform=\S+ )?(node:\S+)/m.exec(readFileSync(`${ROOT}${path}`, 'utf8'))?.[1];
    expect(baseOf('scripts/local/Dockerfile')).to.equal(baseOf('containers/worker/Dockerfile'));
  });
});
