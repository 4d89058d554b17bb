import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { SERVICE_NAMES, SERVICES } from '../../shared/contracts/services.ts';

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('Dockerfiles', () => {
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: { node: string } };
  const major = /\d+/.exec(dependencies.node)?.[0];

  for (const service of SERVICE_NAMES) {
    const file = read(`containers/${service}/Dockerfile`);

    it(`run the project's version of Node in ${service}`, () => {
      expect(file).to.include(`ARG NODE_VERSION=${major}\n`);
    });

    it(`expose the port of ${service} and run its main.ts, not as root`, () => {
      expect(file).to.include(`EXPOSE ${SERVICES[service].port}\n`);
      const command = ['node', ...SERVICES[service].nodeOptions, `containers/${service}/main.ts`];
      expect(file).to.include(`CMD [${command.map((part) => JSON.stringify(part)).join(', ')}]`);
      expect(file).to.match(/^USER node$/m);
    });

    it(`give the process of ${service} its environment`, () => {
      const given = [...file.matchAll(/^ENV (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]);
      const expected = { NODE_ENV: 'production', ...SERVICES[service].processEnvironment };
      expect(Object.fromEntries(given)).to.deep.equal(expected);
    });
  }

  it('make Node unreadable for the user of the worker, so that no process of that user can inspect another', () => {
    const lines = read('containers/worker/Dockerfile').split('\n');
    const lastStage = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
    const steps = ['RUN chmod 0711 /usr/local/bin/node', 'USER node'].map((step) => lastStage.indexOf(step));
    expect(steps[0]).to.be.above(0);
    expect(steps[1]).to.be.above(steps[0] ?? 0);
  });
});
