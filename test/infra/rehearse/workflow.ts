import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parse } from 'yaml';
import { type Contexts, interpolate, isTrue, type Scope, type Value } from './expressions.ts';

type Texts = Record<string, string>;

interface Step {
  id?: string;
  name?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Texts;
  env?: Texts;
  shell?: string;
  'working-directory'?: string;
  'continue-on-error'?: boolean;
}

interface Job {
  if?: string;
  needs?: string | string[];
  env?: Texts;
  outputs?: Texts;
  steps: Step[];
}

interface Workflow {
  env?: Texts;
  defaults?: { run?: { shell?: string } };
  jobs: Record<string, Job>;
}

/** What a runner of GitHub's gives to a job. */
export interface Runner {
  /** The checkout, in which commands run. */
  workspace: string;
  /** `github`, `inputs`, `secrets`. */
  contexts: Contexts;
  /** The variables of every command. */
  variables: Texts;
  /** Stands in for actions, by their names without a version. Returns variables for the steps after it. */
  actions: Record<string, (given: Texts) => Promise<Texts | undefined>>;
  /** Changes a command before it runs: for what cannot be done here, and for shorter waits. */
  rewrite(command: string): string;
  /** Called after each step, also after one that failed; throws if something went wrong that the step itself does not notice. */
  check(step: string): void;
}

export interface StepResult {
  /** The id of a step that has one, else its name or what it does. */
  step: string;
  outcome: 'success' | 'failure' | 'skipped';
  seconds: number;
  output: string;
}

interface RunningJob {
  runner: Runner;
  shell: string | undefined;
  contexts: Contexts;
  env: Texts;
  steps: Record<string, Value>;
  isFailed: boolean;
  results: StepResult[];
}

/** Runs the jobs of a workflow in their order and the steps of each in theirs, as GitHub does. Returns the results of all steps. */
export async function runWorkflow(file: string, runner: Runner): Promise<StepResult[]> {
  const { env = {}, defaults, jobs }: Workflow = parse(await readFile(file, 'utf8'));
  const needs: Record<string, Value> = {};
  const results: StepResult[] = [];
  for (const [id, job] of Object.entries(jobs)) {
    const contexts = { ...runner.contexts, needs, runner: { temp: tmpdir(), os: 'Linux', arch: 'X64' } };
    const needed = [job.needs ?? []].flat().map((name) => (needs[name] as { result: string }).result);
    const scope = { contexts, workspace: runner.workspace, isFailed: needed.some((result) => result !== 'success') };
    if (!isTrue(job.if, scope)) {
      needs[id] = { result: 'skipped', outputs: {} };
      continue;
    }
    const running: RunningJob = {
      ...{ runner, shell: defaults?.run?.shell, contexts, env: mapped({ ...env, ...job.env }, scope) },
      ...{ steps: {}, isFailed: false, results },
    };
    for (const step of job.steps) await runStep(step, running);
    const outputs = mapped(job.outputs, { ...scope, contexts: { ...contexts, steps: running.steps } });
    needs[id] = { result: running.isFailed ? 'failure' : 'success', outputs };
  }
  return results;
}

async function runStep(step: Step, job: RunningJob): Promise<void> {
  const { runner, steps, isFailed, results } = job;
  const { workspace } = runner;
  const contexts = { ...job.contexts, steps, env: job.env, job: { status: isFailed ? 'failure' : 'success' } };
  const before = { contexts, workspace, isFailed };
  const name = step.id ?? step.name ?? step.uses ?? step.run ?? '';
  const end = (outcome: StepResult['outcome'], { seconds, output, outputs }: Omit<Ended, 'status'>) => {
    const conclusion = step['continue-on-error'] === true && outcome === 'failure' ? 'success' : outcome;
    if (conclusion === 'failure') job.isFailed = true;
    if (step.id) steps[step.id] = { outcome, conclusion, outputs };
    results.push({ step: name, outcome, seconds, output });
  };
  if (!isTrue(step.if, before)) return end('skipped', { seconds: 0, output: '', outputs: {} });
  const env = { ...job.env, ...mapped(step.env, before) };
  const scope = { ...before, contexts: { ...contexts, env } };
  const { status, ...ended } = step.uses ? await useAction(step, scope, job) : await runCommand(step, scope, job);
  runner.check(name);
  end(status === 0 ? 'success' : 'failure', ended);
}

interface Ended {
  status: number;
  seconds: number;
  output: string;
  outputs: Texts;
}

async function useAction({ uses = '', with: given }: Step, scope: Scope, job: RunningJob): Promise<Ended> {
  const action = job.runner.actions[uses.split('@')[0] ?? ''];
  if (!action) throw new Error(`the rehearsal has nothing in place of the action ${uses}`);
  const began = performance.now();
  Object.assign(job.env, await action(mapped(given, scope)));
  return { status: 0, seconds: (performance.now() - began) / 1000, output: '', outputs: {} };
}

/** The files by which a command tells the runner something. */
const FILES = ['GITHUB_ENV', 'GITHUB_OUTPUT', 'GITHUB_PATH', 'GITHUB_STEP_SUMMARY'];

/** GitHub's own options of bash, without and with `shell: bash`. */
const optionsOf = (shell: string | undefined): string[] =>
  shell === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e'];

async function runCommand(step: Step, { contexts, ...scope }: Scope, job: RunningJob): Promise<Ended> {
  const { workspace, variables, rewrite } = job.runner;
  const command = rewrite(interpolate(step.run ?? '', { contexts, ...scope }));
  const folder = await mkdtemp(join(tmpdir(), 'image-service-step-'));
  const files = Object.fromEntries(FILES.map((file) => [file, join(folder, file)]));
  for (const file of Object.values(files)) await writeFile(file, '');
  const began = performance.now();
  const shell = spawn('bash', [...optionsOf(step.shell ?? job.shell), '-c', command], {
    cwd: join(workspace, step['working-directory'] ?? '.'),
    env: { ...variables, ...(contexts.env as Texts), ...files, GITHUB_WORKSPACE: workspace },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, error, [code]] = await Promise.all([text(shell.stdout), text(shell.stderr), once(shell, 'exit')]);
  Object.assign(job.env, await readPairs(files.GITHUB_ENV as string));
  const outputs = await readPairs(files.GITHUB_OUTPUT as string);
  await rm(folder, { recursive: true });
  return { status: code ?? 1, seconds: (performance.now() - began) / 1000, output: `${out}${error}`, outputs };
}

/** Lines `NAME=VALUE`, or `NAME<<END` with the lines of the value until END. */
async function readPairs(file: string): Promise<Texts> {
  const pairs = /^(?<name>[\w-]+)(?:=(?<value>.*)|<<(?<end>\S+)\n(?<lines>[\s\S]*?)\n\k<end>)$/gm;
  return Object.fromEntries(
    [...(await readFile(file, 'utf8')).matchAll(pairs)].map(({ groups = {} }) => [
      groups.name as string,
      groups.value ?? groups.lines ?? '',
    ]),
  );
}

const mapped = (texts: Texts = {}, scope: Scope): Texts =>
  Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, interpolate(String(value), scope)]));
