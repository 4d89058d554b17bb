import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../command-line.ts';
import type { Github } from './api.ts';

/** A build of a commit, which is the run of a workflow that has the artifact. */
export interface Wanted {
  /** 40 hex digits. */
  commit: string;
  /** The file of the workflow, such as `deploy.yml`. */
  workflow: string;
  artifact: string;
  /** How long to wait for a run that has not ended. */
  waitSeconds: number;
  /** How long to wait for a run to appear, because GitHub starts it some seconds after the push. */
  appearSeconds: number;
  /** Seconds between two looks. */
  everySeconds: number;
  log(line: string): void;
}

interface Run {
  id: number;
  html_url: string;
  event: string;
  head_branch: string | null;
  head_sha: string;
  status: string;
  conclusion: string | null;
}

interface Artifact {
  name: string;
  expired: boolean;
}

/**
 * Finds the newest run of a commit of main that has succeeded and whose artifact is there, and returns its id. Waits while such a run is under way.
 * A run that has failed may have built images that were not attested, or that staging has found broken.
 */
export async function findBuild(github: Github, wanted: Wanted): Promise<number> {
  const begin = performance.now();
  await requireOnMain(github, wanted.commit);
  for (;;) {
    const runs = await runsOf(github, wanted);
    for (const { id, conclusion } of runs)
      if (conclusion === 'success' && (await hasArtifact(github, id, wanted.artifact))) return id;
    const underWay = runs.find(({ status }) => status !== 'completed');
    const seconds = (performance.now() - begin) / 1000;
    const isHopeful = underWay ? seconds < wanted.waitSeconds : runs.length === 0 && seconds < wanted.appearSeconds;
    if (!isHopeful) throw new CommandError(reasonOf(runs, wanted));
    wanted.log(
      underWay
        ? `${underWay.html_url} is ${underWay.status}, and has not succeeded yet.`
        : `${wanted.workflow} has not run for ${wanted.commit} yet.`,
    );
    await sleep(wanted.everySeconds * 1000);
  }
}

/** Refuses a commit that is not on the branch main. GitHub says of a run for a tag called main that its branch is main. */
async function requireOnMain(github: Github, commit: string): Promise<void> {
  const branch = await github.call<{ commit: { sha: string } }>('GET', '/branches/main');
  const path = `/compare/${commit}...${branch.commit.sha}?per_page=1`;
  const { merge_base_commit } = await github.call<{ merge_base_commit: { sha: string } }>('GET', path);
  if (merge_base_commit.sha !== commit)
    throw new CommandError(`${commit} is not on the branch main, so nobody has reviewed it: choose a commit of main.`);
}

/**
 * The runs of the workflow for pushes of the commit to main, newest first. A run for a pull request may have an artifact with the same name, and
 * nobody has reviewed what made it.
 */
async function runsOf(github: Github, { commit, workflow }: Wanted): Promise<Run[]> {
  const filter = new URLSearchParams({ branch: 'main', event: 'push', head_sha: commit, per_page: '100' });
  const path = `/actions/workflows/${workflow}/runs?${filter}`;
  const { workflow_runs } = await github.call<{ workflow_runs: Run[] }>('GET', path);
  return workflow_runs
    .filter((run) => run.event === 'push' && run.head_branch === 'main' && run.head_sha === commit)
    .sort((a, b) => b.id - a.id);
}

async function hasArtifact(github: Github, run: number, name: string): Promise<boolean> {
  const path = `/actions/runs/${run}/artifacts?${new URLSearchParams({ name, per_page: '100' })}`;
  const { artifacts } = await github.call<{ artifacts: Artifact[] }>('GET', path);
  return artifacts.some((artifact) => artifact.name === name && !artifact.expired);
}

function reasonOf(runs: Run[], { commit, workflow, artifact }: Wanted): string {
  const [newest] = runs;
  if (!newest)
    return `${workflow} has not run for ${commit}. Only commits that were pushed to main are built: choose such a commit, or a tag of one.`;
  const state = newest.conclusion ?? newest.status;
  if (newest.conclusion !== 'success')
    return `${newest.html_url}, the newest run for ${commit}, is ${state}: only images that were built, attested and proven in staging are deployed elsewhere. Run its failed jobs again, or release another commit.`;
  return `${newest.html_url}, the newest run for ${commit}, is ${state} and has no artifact ${artifact}, or it has expired. Up to 30 days after the push, run all its jobs again, which deploys it to staging too; later, release a newer commit.`;
}
