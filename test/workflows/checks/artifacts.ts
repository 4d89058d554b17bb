import { type Check, expression, type Job, jobOf, jobsOf, unless } from '../project.ts';

const uploadsOf = ({ steps }: Job): string[] =>
  steps.flatMap(({ uses, with: given }) => (uses?.startsWith('actions/upload-artifact@') ? [String(given?.name)] : []));

/** Each artifact that a job reads is made by a job before it, and images are built in one place alone. */
export const deploysWhatWasBuilt: Check = (project) => {
  const jobs = jobsOf(project);
  const made = jobs.flatMap(uploadsOf);
  const isMade = (wanted: string) =>
    made.some((name) => (wanted.endsWith('*') ? name.startsWith(wanted.slice(0, -1)) : name === wanted));
  const read = jobs.flatMap(({ place, steps }) =>
    steps.flatMap(({ uses, with: given }) =>
      uses?.startsWith('actions/download-artifact@') ? [{ place, name: String(given?.name ?? given?.pattern) }] : [],
    ),
  );
  const builders = jobs.filter(({ steps }) => steps.some(({ run }) => run?.includes('npm run images -- build')));
  return [
    ...read
      .filter(({ name }) => !isMade(name))
      .map(({ place, name }) => `${place} reads the artifact ${name}, which no job makes`),
    ...unless(
      builders.map(({ place }) => place).join() === 'deploy.yml: build',
      'images are built elsewhere than in deploy.yml: build',
    ),
    ...builders
      .filter((job) => uploadsOf(job).join() !== 'images')
      .map(({ place }) => `${place} does not keep what it has built as images`),
  ];
};

/** Where a pattern matches one artifact, its files are not in a folder with its name as those of several are; merged, all are in one place. */
export const findsArtifactsByPattern: Check = (project) =>
  jobsOf(project).flatMap(({ place, steps }) =>
    steps
      .filter(({ with: given }) => given?.pattern && given['merge-multiple'] !== true)
      .map(({ with: given }) => `${place} finds files of ${given?.pattern} in one folder or in several`),
  );

/** Nothing is deployed before it is attested, and nothing to staging that is no longer the newest. */
export const attestsFirst: Check = (project) => {
  const newest = jobOf(project, 'deploy.yml: newest');
  const staging = jobOf(project, 'deploy.yml: staging');
  const attest = jobOf(project, 'deploy.yml: attest');
  const attested = attest?.steps.filter(({ uses }) => uses?.startsWith('actions/attest@')) ?? [];
  const isWaited =
    staging?.needs === 'newest' &&
    staging.if === expression("!cancelled() && needs.newest.outputs.is-newest == 'true'");
  const isJudged =
    [newest?.needs].flat().join() === 'build,attest' &&
    newest?.if === expression("!cancelled() && needs.build.result == 'success' && needs.attest.result != 'failure'");
  return [
    ...unless(isWaited, 'deploy.yml: staging does not wait for newest'),
    ...unless(isJudged, 'deploy.yml: newest does not wait for build and attest'),
    ...unless(
      attested.some(({ with: given }) => given?.['sbom-path']),
      'deploy.yml: attest attests no SBOM',
    ),
    ...unless(
      attested.some(({ with: given }) => !given?.['sbom-path']),
      'deploy.yml: attest attests no provenance',
    ),
  ];
};
