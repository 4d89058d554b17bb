import type { Finding, Outcome } from './finding.ts';
import type { CheckResult } from './run-checks.ts';

const MARKS: Record<Outcome, string> = { well: 'ok', missing: 'MISSING', note: 'note', unseen: 'UNSEEN' };

const COLUMN = Math.max(...Object.values(MARKS).map((mark) => mark.length)) + 2;

const lineOf = ({ outcome, what, remedy }: Finding): string[] => [
  `  ${MARKS[outcome].padEnd(COLUMN)}${what}`,
  ...(remedy ? [`  ${''.padEnd(COLUMN)}-> ${remedy}`] : []),
];

const countOf = (examined: CheckResult[], outcome: Outcome): number =>
  examined.flatMap(({ findings }) => findings).filter((finding) => finding.outcome === outcome).length;

/** The exit status: 1 if something is missing, 3 if nothing is known to be missing but something could not be checked. */
export function statusOf(examined: CheckResult[]): 0 | 1 | 3 {
  if (countOf(examined, 'missing') > 0) return 1;
  return countOf(examined, 'unseen') > 0 ? 3 : 0;
}

export function reportOf(examined: CheckResult[]): string {
  const parts = examined.map(({ check, findings }) => [check, ...findings.flatMap(lineOf)].join('\n'));
  const [gone, hidden] = [countOf(examined, 'missing'), countOf(examined, 'unseen')];
  const sum = `${gone === 0 ? 'Nothing' : gone} missing${hidden > 0 ? `, ${hidden} could not be checked` : ''}.`;
  return `${[...parts, sum].join('\n')}\n`;
}
