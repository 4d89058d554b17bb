import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OLDEST_TERRAFORM } from '../../../shared/contracts/terraform-version.ts';
import { ROOT } from '../../house/source-files.ts';
import { type Check, jobOf, type Project, unless } from '../project.ts';
import { callsIn } from './commands.ts';

const suitesIn = (text: string): string[] =>
  [...text.matchAll(/^ *npm (?:run )?(test(?::[\w:]+)?(?: -- --\w+)?)/gm)].map(([, suite = '']) => suite);

/** Every suite of .ci/run has its place in check.yml. */
export const runsEverySuite: Check = (project) => {
  const called = callsIn(project)
    .filter(({ place }) => place.startsWith('check.yml'))
    .map(({ verb, args }) => [verb, ...args].join(' -- '));
  return [...new Set(suitesIn(project.ci))]
    .filter((suite) => !called.includes(suite))
    .map((suite) => `check.yml does not run npm run ${suite}`);
};

/** The README promises these. */
export const triesEveryNode: Check = (project) => {
  const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { engines: { node: string } };
  const newest = readFileSync(join(ROOT, '.nvmrc'), 'utf8').trim();
  const expected = [engines.node.replace('>=', ''), '22', newest];
  const { strategy, steps = [] } = jobOf(project, 'check.yml: readme') ?? {};
  const runs = steps.map(({ run }) => run ?? '').join('\n');
  return [
    ...unless(
      strategy?.matrix?.node?.join() === expected.join(),
      `check.yml: readme does not try Node ${expected.join(', ')}`,
    ),
    ...['npm test', 'npm start']
      .filter((command) => !runs.includes(command))
      .map((command) => `check.yml: readme does not run ${command}`),
  ];
};

const versionsIn = ({ files }: Project, pattern: RegExp): string[] =>
  Object.values(files).flatMap((text) => [...text.matchAll(pattern)].map(([, version = '']) => version));

/** Tools have the versions that the suites ask for. */
export const installsTestedTools: Check = (project) => {
  const asked = readFileSync(join(ROOT, 'scripts/test-infra/prerequisites.ts'), 'utf8');
  const moto = /moto\[server\]==([\d.]+)/.exec(asked)?.[1];
  const isOld = (version: string) => version.localeCompare(OLDEST_TERRAFORM, 'en', { numeric: true }) < 0;
  const terraform = versionsIn(project, /terraform_version: (\S+)/g);
  return [
    ...versionsIn(project, /moto\[server\]==([\d.]+)/g)
      .filter((version) => version !== moto)
      .map((version) => `moto ${version} is not ${moto}`),
    ...unless(terraform.length === 1, 'the version of Terraform stands in one place'),
    ...terraform
      .filter((version) => !/^\d+\.\d+\.\d+$/.test(version) || isOld(version))
      .map((version) => `Terraform ${version} is no version from ${OLDEST_TERRAFORM} on`),
  ];
};
