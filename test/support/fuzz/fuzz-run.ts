import { eventually } from '../eventually.ts';
import { type Choices, choicesOf } from './choices.ts';
import { type Exchange, type Exchanged, runExchange } from './exchange.ts';
import type { FuzzedService, FuzzTarget } from './target.ts';
import { faultOf, type OperationId } from './verdict.ts';
import type { WatchedProgram } from './watched-program.ts';

/** One case: requests to one operation, over one connection or several at once. */
export interface FuzzCase {
  /** A description for failure messages. */
  about: string;
  service: FuzzedService;
  operation: OperationId;
  exchanges: Exchange[];
  /** Whether nothing may be given or done, because the credentials are not good for it. */
  mustFail?: boolean;
}

/** Makes the case with a number by reproducible choices. */
export type CaseMaker = (choices: Choices, index: number) => FuzzCase;

export interface FuzzOptions {
  seed: number;
  /** The first case, to repeat one of another run. */
  from?: number;
  cases: number;
  /** Connections at once. */
  concurrency?: number;
  progress?: ((done: number) => void) | undefined;
}

export interface FuzzReport {
  cases: number;
  exchanges: number;
  /** Answers by their status; connections that ended without one under `none`. */
  answers: Record<string, number>;
  /** Bytes in use at the quarters of the run, of each program. */
  memory: Record<string, number[]>;
  faults: string[];
}

/** The number of faults after which a run ends, since more of them add nothing. */
const MOST_FAULTS = 20;

/** Cases before memory and descriptors are first measured, so that everything that is created once exists. */
const WARM_UP = 200;

/** The number of cases of which at least one is valid with any seed. Of 300 parts, none is valid with about one seed in a hundred. */
const CASES_WITH_A_RIGHT_ONE = 2000;

/** Bytes by which memory may grow in the second half of a run: V8's compiled code and hidden classes vary so much. */
const MEMORY_SLACK = 3 * 1024 * 1024;

/** Runs cases against services, and returns all faults. `prepare` is called again whenever everything was deleted. */
export async function fuzz(
  target: FuzzTarget,
  prepare: (target: FuzzTarget) => Promise<CaseMaker>,
  options: FuzzOptions,
): Promise<FuzzReport> {
  const { seed, from = 0, cases } = options;
  const report: FuzzReport = { cases: 0, exchanges: 0, answers: {}, memory: {}, faults: [] };
  const programs = Object.values(target.programs);
  const run = async (first: number, count: number) => {
    await runCases(target, await prepare(target), { ...options, from: first, cases: count }, report);
    report.faults.push(...(await target.secretsFound()), ...(await target.sweep()));
  };
  const warmUp = Math.min(WARM_UP, Math.floor(cases / 5));
  await run(from, warmUp);
  const before = await settle(programs, report);
  const quarter = Math.ceil((cases - warmUp) / 4);
  for (let at = warmUp; at < cases && report.faults.length === 0; at += quarter) {
    await run(from + at, Math.min(quarter, cases - at));
    await settle(programs, report, before);
  }
  for (const [service, [, , middle = 0, , last = 0]] of Object.entries(report.memory)) {
    const growth = last - middle;
    if (growth > MEMORY_SLACK) report.faults.push(`${service} has ${growth} bytes more in use than halfway`);
  }
  report.faults.push(
    ...(await target.sweep()),
    ...(await target.leftovers()).slice(0, MOST_FAULTS).map((left) => `left behind: ${left}`),
  );
  report.faults.push(...programs.flatMap(({ complaints }) => complaints.slice(0, MOST_FAULTS)));
  if (cases >= CASES_WITH_A_RIGHT_ONE && !Object.keys(report.answers).some((status) => status.startsWith('2'))) {
    report.faults.push('nothing was ever right: the cases do not reach what they are meant for');
  }
  if (report.faults.length > 0) report.faults.push(`seed ${seed}, cases ${from} to ${from + cases - 1}`);
  return report;
}

async function runCases(target: FuzzTarget, make: CaseMaker, options: FuzzOptions, report: FuzzReport): Promise<void> {
  const { seed, from = 0, cases, concurrency = 16, progress } = options;
  let next = from;
  const work = async () => {
    while (next < from + cases && report.faults.length < MOST_FAULTS) {
      const index = next;
      next += 1;
      const made = make(choicesOf(seed, index), index);
      const { port } = target.programs[made.service];
      const exchanged = await Promise.all(made.exchanges.map((exchange) => runExchange(port, exchange)));
      note(made, exchanged, report, `case ${index} of seed ${seed}`);
      progress?.(report.cases);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
}

function note(
  { about, operation, mustFail }: FuzzCase,
  exchanged: Exchanged[],
  report: FuzzReport,
  which: string,
): void {
  report.cases += 1;
  for (const { answers, unanswered } of exchanged) {
    report.exchanges += 1;
    if (unanswered) report.faults.push(`${which}, ${operation}, ${about}: no answer (${unanswered})`);
    if (answers.length === 0) report.answers.none = (report.answers.none ?? 0) + 1;
    for (const answer of answers) {
      report.answers[answer.status] = (report.answers[answer.status] ?? 0) + 1;
      const fault =
        mustFail && answer.status < 400 ? `it was let through: ${answer.status}` : faultOf(operation, answer);
      if (fault) report.faults.push(`${which}, ${operation}, ${about}: ${fault}`);
    }
  }
}

const countOf = (program: WatchedProgram): number => program.openFiles().length;

/** Waits until everything from the clients is gone, and measures. There must be no more descriptors than before, if that is known. */
async function settle(
  programs: WatchedProgram[],
  report: FuzzReport,
  before?: Record<string, number>,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const program of programs) {
    const { service } = program;
    if (!program.isRunning()) {
      report.faults.push(`${service} has ended`);
      continue;
    }
    // The services read on for a while after they refuse a request.
    let last = countOf(program);
    await eventually(
      `the descriptors of ${service} are as before`,
      async () => {
        const [earlier] = [last];
        last = countOf(program);
        return before ? last <= Number(before[service]) : last === earlier && last < 60;
      },
      90_000,
    ).catch((error: Error) => void report.faults.push(`${error.message}: ${program.openFiles().join(' ')}`));
    counts[service] = last;
    report.memory[service] = [...(report.memory[service] ?? []), await program.memory()];
  }
  return counts;
}
