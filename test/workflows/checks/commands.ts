import { execFile, spawnSync } from 'node:child_process';
import { ROOT } from '../../house/source-files.ts';
import { type Check, type Project, stepsOf, workflowsOf } from '../project.ts';

interface Call {
  place: string;
  /** The script's name in package.json. */
  verb: string;
  /** Its arguments, with a value in the place of each variable. */
  args: string[];
}

/** Every `npm run` of a workflow, with what stands behind `--` as the shell would pass it. */
export function callsIn(project: Project): Call[] {
  return stepsOf(project).flatMap(({ place, run = '' }) =>
    [...run.matchAll(/^ *(?:exec )?(?:sudo env \S+ )?npm (?:run (?:-s )?)?([a-z][\w:-]*)(?: -- (.*))?/gm)]
      .filter(([, verb]) => verb !== 'ci')
      .map(([, verb = '', rest = '']) => ({ place, verb, args: wordsOf(rest) })),
  );
}

const wordsOf = (text: string): string[] =>
  text
    .replace(/\s*(>>?|\|\|?|&&?)\s.*$/, '')
    .replaceAll(/\$\{\w+:\+(--[a-z-]+)\}/g, '$1')
    .match(/"[^"]*"|\S+/g)
    ?.map((word) => word.replaceAll('"', '').replace(/^\$\w+$/, 'value')) ?? [];

export const callsScriptsThatExist: Check = (project) =>
  callsIn(project)
    .filter(({ verb }) => !(verb in project.scripts))
    .map(({ place, verb }) => `${place}: package.json has no script ${verb}`);

const answers = new Map<string, Promise<string | undefined>>();

/** What the script's own parser says about arguments; `--help` keeps it from doing anything else. */
function refusalOf(script: string, args: string[]): Promise<string | undefined> {
  const key = JSON.stringify([script, ...args]);
  const known = answers.get(key) ?? ask(script, args);
  answers.set(key, known);
  return known;
}

const ask = (script: string, args: string[]): Promise<string | undefined> =>
  new Promise((resolve) => {
    const [program = '', ...own] = script.split(' ').slice(1);
    execFile(process.execPath, [program, ...own, ...args, '--help'], { cwd: ROOT }, (error, _stdout, stderr) =>
      resolve(error ? (stderr.split('\n').find((line) => line.trim()) ?? error.message) : undefined),
    );
  });

export const callsScriptsWithTheirOptions: Check = async (project) => {
  const calls = callsIn(project).filter(
    ({ verb, args }) => args.length > 0 && project.scripts[verb]?.startsWith('node '),
  );
  const refusals = await Promise.all(calls.map(({ verb, args }) => refusalOf(project.scripts[verb] ?? '', args)));
  return calls.flatMap(({ place, verb, args }, at) =>
    refusals[at] ? [`${place}: npm run ${verb} -- ${args.join(' ')}: ${refusals[at]}`] : [],
  );
};

/** Bash finds a quote that does not end only when it comes there. All steps at once are functions of one script, unless one of them fails. */
export const isReadByBash: Check = (project) => {
  const steps = stepsOf(project).filter(({ run }) => run);
  if (isTaken(steps.map(({ run }) => `step() {\n${run}\n}\n`).join(''))) return [];
  return steps.filter(({ run = '' }) => !isTaken(run)).map(({ place, run }) => `${place}: bash does not take ${run}`);
};

const isTaken = (input: string): boolean => spawnSync('bash', ['-n'], { input }).status === 0;

/** GitHub's own choice of a shell does not notice when the first program of a pipe fails. */
export const stopsAtTheFirstFailure: Check = (project) => [
  ...workflowsOf(project)
    .filter(({ defaults, jobs }) => defaults?.run?.shell !== 'bash' && jobs.some(({ steps }) => steps.length > 0))
    .map(({ file }) => `${file} does not run its steps with shell: bash, which has pipefail`),
  ...stepsOf(project)
    .filter(({ run, shell, job }) => run && (job ? shell : shell !== 'bash'))
    .map(({ place, run }) => `${place}: ${run} has another shell`),
];
