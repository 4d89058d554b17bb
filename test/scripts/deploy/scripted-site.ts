import type { Aws } from '../../../scripts/target-stack/aws-cli.ts';
import type { SynthesisedEnvironment } from '../../../scripts/target-stack/synthesised-environment.ts';
import { madeUpEnvironment } from '../../support/stacks/made-up-environment.ts';

/** A call of the AWS CLI: `ssm put-parameter`, and its options by name. */
export interface Called {
  command: string;
  options: Record<string, string>;
}

/** An environment `dev` in an AWS that a test scripts: `answer` returns what a call gets, or throws. */
export function scriptedSite(answer: (called: Called) => object): { site: SynthesisedEnvironment; calls: Called[] } {
  const calls: Called[] = [];
  const aws: Aws = async (service, command, ...given) => {
    const called = { command: `${service} ${command}`, options: optionsOf(given) };
    calls.push(called);
    return answer(called);
  };
  return { site: { ...madeUpEnvironment({}), aws: () => aws }, calls };
}

/** `--name a --names b c` as `{ name: 'a', names: 'b c' }`. */
function optionsOf(given: string[]): Record<string, string> {
  const starts = given.flatMap((word, at) => (word.startsWith('--') ? [at] : []));
  const valuesFrom = (at: number) => given.slice(at + 1, starts.find((start) => start > at) ?? given.length).join(' ');
  return Object.fromEntries(starts.map((at) => [given[at]?.slice(2) ?? '', valuesFrom(at)]));
}

export const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
