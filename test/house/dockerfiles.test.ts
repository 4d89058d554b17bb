import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SERVICE_NAMES, SERVICES, type ServiceName } from '../../shared/contracts/services.ts';
import { container, platform } from '../support/stacks/platform.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const json = (value: readonly string[]): string => `[${value.map((part) => JSON.stringify(part)).join(', ')}]`;

const files = new Map(SERVICE_NAMES.map((service) => [service, read(`containers/${service}/Dockerfile`)]));

/** The last stage, which is the image. */
const imageOf = (file: string): string => file.slice(file.lastIndexOf('\nFROM ') + 1);

/** A Dockerfile with what the table of services says about its service taken out. */
function withoutFacts(file: string, service: ServiceName): string {
  const { port, nodeOptions, processEnvironment, summary } = SERVICES[service];
  const variables = Object.entries(processEnvironment).map(([name, value]) => `ENV ${name}=${value}\n`);
  return [json(['node', ...nodeOptions, `containers/${service}/main.ts`]), `EXPOSE ${port}`, summary, ...variables]
    .reduce((text, fact) => text.replace(fact, ''), file)
    .replaceAll(service, 'SERVICE');
}

describe('Dockerfiles', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
  const synthesised = platform();

  it('differ only in what the table of services says', () => {
    const [first, ...others] = SERVICE_NAMES.map((service) => withoutFacts(files.get(service) ?? '', service));
    for (const other of others) expect(other).to.equal(first);
  });

  for (const [service, file] of files) {
    const image = imageOf(file);

    it(`run the project's version of Node in ${service}, and take every base by its digest`, () => {
      const bases = [...file.matchAll(/^FROM (?:--platform=\S+ )?(\S+)/gm)].map(([, base]) => base ?? '');
      const node = `node:${packages['node_modules/node']?.version}-bookworm-slim@sha256:`;
      expect(bases).to.have.length(3);
      for (const base of bases) expect(base).to.match(/^(node|debian):\S+@sha256:[0-9a-f]{64}$/);
      expect(bases.map((base) => base.startsWith(node))).to.deep.equal([true, true, false]);
      expect(bases[0]).to.equal(bases[1]);
    });

    it(`expose the port of ${service}, run its main.ts and describe it`, () => {
      const { port, nodeOptions, summary } = SERVICES[service];
      expect(image).to.include(`EXPOSE ${port}\n`);
      expect(image).to.include(`\nCMD ${json(['node', ...nodeOptions, `containers/${service}/main.ts`])}\n`);
      expect(image).to.include(`image.description="${summary}"`);
    });

    it(`give the process of ${service} its environment, and last, after every file, what it was built from`, () => {
      const variables = [...image.matchAll(/(?:^ENV | )(\w+)=(\S+)/gm)].filter(([line]) => !line.includes('org.'));
      const given = Object.fromEntries(variables.map(([, name, value]) => [name, value]));
      const { IMAGE_SERVICE_VERSION, IMAGE_SERVICE_REVISION, ...environment } = given;
      expect(environment).to.deep.equal({
        NODE_ENV: 'production',
        HOME: '/app',
        ...SERVICES[service].processEnvironment,
      });
      expect([IMAGE_SERVICE_VERSION, IMAGE_SERVICE_REVISION]).to.deep.equal(['$VERSION', '$REVISION']);
      expect(image.indexOf('ARG ')).to.be.above(image.lastIndexOf('\nCOPY '));
    });

    it(`run ${service} as the user of its task definition, who may run Node and not read it`, () => {
      expect(image).to.include(`\nUSER ${container(synthesised, service).user}\n`);
      // Otherwise any process of that user could inspect another, as those that decode images could the worker.
      expect(image).to.include('\nCOPY --chmod=0711 --from=node /usr/local/bin/node /usr/local/bin/node\n');
    });

    it(`check the health of ${service} as the task definition of the worker does`, () => {
      const [, ...command] = container(synthesised, 'worker').healthCheck.command;
      expect(image).to.match(/^HEALTHCHECK .*--interval=30s --timeout=10s --start-period=60s /m);
      expect(image).to.include(` CMD ${json(command)}\n`);
    });

    it(`run nothing of another platform to build ${service}, and no script of a package`, () => {
      expect(image).to.not.match(/^RUN /m);
      const [build = ''] = file.split(/^FROM (?!--platform=\$BUILDPLATFORM)/m);
      expect([...file.matchAll(/^RUN /gm)]).to.have.length([...build.matchAll(/^RUN /gm)].length);
      expect(build).to.match(/RUN npm ci --omit=dev --ignore-scripts /);
    });
  }
});
