import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { spotSetupOf, spotTableOf } from '../../scripts/cost/simulation/spot-output.ts';
import { WORKLOADS } from '../../scripts/cost/workloads/all-workloads.ts';
import { small } from '../../scripts/cost/workloads/small.ts';
import { fill } from '../../scripts/docs/markdown.ts';
import { type Declared, readInterfaces } from '../../stacks/docs/doc-comments.ts';
import { pagesOf } from '../../stacks/docs/infrastructure-page.ts';
import { readSimulations, SEED, saved, simulationInput } from '../../stacks/docs/spot-page.ts';
import { parametersOf } from '../../stacks/docs/stack-tables.ts';
import { type Synthesis, synthesise } from '../../stacks/docs/synthesis.ts';

const pathOf = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const read = (path: string): string => readFileSync(pathOf(path), 'utf8');

describe('docs/infrastructure.md', function () {
  this.timeout(60_000);
  const page = read('docs/infrastructure.md');
  let synthesis: Synthesis;

  before(() => {
    synthesis = synthesise();
  });

  it('is what npm run docs:infra would write, as is the page of the checks', () => {
    for (const [path, sections] of Object.entries(pagesOf(synthesis)))
      expect(fill(read(path), sections) === read(path), `npm run docs:infra for ${path}`).to.equal(true);
  });

  it('names stacks that there are', () => {
    const stacks = [...page.matchAll(/npx cdktf \w+ ([a-z]+(?:-[a-z]+)?)/g)].map(([, stack]) => stack);
    expect(stacks).to.include.members(['bootstrap', 'storage-dev', 'platform-dev']);
    expect(Object.keys(synthesis.stacks)).to.include.members(stacks);
  });

  it('puts parameters that stacks read', () => {
    const put = [...page.matchAll(/--name \/image-service\/([^\s]+)/g)].map(([, name = '']) => name);
    const known = Object.values(synthesis.stacks).flatMap(parametersOf);
    const withEach = put.flatMap((name) =>
      ['download', 'worker'].map((service) => name.replace('$NAME', 'prod').replace('$SERVICE', service)),
    );
    expect(withEach).to.not.be.empty;
    expect(known).to.include.members(withEach.map((name) => `/image-service/${name}`));
  });
});

describe('docs/spot.md', function () {
  this.timeout(60_000);
  let stacks: Synthesis['stacks'];

  before(() => {
    stacks = synthesise().stacks;
  });

  it('shows the simulation of the messages that today’s workloads and settings give', () => {
    const today = Object.values(WORKLOADS).map((workload) => spotSetupOf(simulationInput(stacks, workload), SEED));
    const shown = readSimulations().map(({ rows, rules, ...setup }) => setup);
    expect(shown, 'npm run docs:infra -- --simulate').to.deep.equal(today);
  });

  it('shows what the simulation gives again, to the last digit', () => {
    const again = saved(spotTableOf(simulationInput(stacks, small), SEED));
    expect(readSimulations()[0], 'npm run docs:infra -- --simulate').to.deep.equal(again);
  });
});

describe('settings', () => {
  it('each say what they are, cost or protect', () => {
    const interfaces = readInterfaces();
    const silent = (members: Declared[], path: string): string[] =>
      members.flatMap((member) => {
        const own = `${path}.${member.name}`;
        // What has settings of its own is told by them, or tells for all of them.
        const isTold = member.doc !== '' || member.members.length > 0 || member.types.some((type) => interfaces[type]);
        return [...(isTold ? [] : [own]), ...(member.doc ? [] : silent(member.members, own))];
      });
    const unsaid = Object.entries(interfaces).flatMap(([name, { members }]) => silent(members, name));
    expect(unsaid.filter((path) => !ALIKE.includes(path))).to.deep.equal([]);
  });
});

/** Told where they stand first: capacity of either kind has these. */
const ALIKE = ['Ec2Capacity.kind', 'Ec2Capacity.architecture', 'Ec2Capacity.cpu'];
