import { SingleBar } from 'cli-progress';
import prettyBytes from 'pretty-bytes';
import { printable, printableLine } from '../printable.ts';
import { FINDING_KINDS, type Finding, type FindingKind, lineOf } from './findings.ts';
import type { Counts, Progress } from './progress.ts';

/** Milliseconds between two lines where no line can be rewritten. */
const LINE_MS = 10_000;

const BAR = { format: '{text}', fps: 5, hideCursor: null, linewrap: false, clearOnComplete: true, gracefulExit: false };

/** What each part of a run does. */
const WORK: Record<Progress['phase'], string> = {
  records: 'looking at the bytes of records',
  originals: 'looking for records of originals',
  renditions: 'looking for records of renditions',
  uploads: 'looking for records of uploads',
};

/** Findings on standard output, how far it is on standard error: one line at a terminal, a line now and then elsewhere. */
export class Report {
  readonly #progress: Progress;
  readonly #json: boolean;
  readonly #bar: SingleBar | undefined;
  #nextLine = Date.now() + LINE_MS;

  constructor(progress: Progress, { json }: { json: boolean }) {
    this.#progress = progress;
    this.#json = json;
    this.#bar = process.stderr.isTTY ? new SingleBar(BAR) : undefined;
    this.#bar?.start(1, 0, { text: this.#text() });
  }

  found(finding: Finding): void {
    this.#bar?.stop();
    process.stdout.write(
      this.#json ? `${printableLine(JSON.stringify(finding))}\n` : `${printable(lineOf(finding))}\n`,
    );
    this.#bar?.start(1, 0, { text: this.#text() });
  }

  stepped(): void {
    this.#bar?.update(0, { text: this.#text() });
    const now = Date.now();
    if (this.#bar || now < this.#nextLine) return;
    this.#nextLine = now + LINE_MS;
    process.stderr.write(`${this.#text()}\n`);
  }

  /** Takes the line away. */
  stop(): void {
    this.#bar?.stop();
  }

  /** How it ended. */
  summary(): void {
    this.stop();
    const { counts } = this.#progress;
    process.stdout.write(this.#json ? `${JSON.stringify({ summary: counts })}\n` : `${sentences(counts).join('\n')}\n`);
  }

  #text(): string {
    const { phase, counts } = this.#progress;
    return `${WORK[phase]}: ${figures(counts)}, ${faults(counts)}`;
  }
}

const figures = ({ records, objects, bytesRead }: Counts): string =>
  `${records} records, ${objects} objects, ${prettyBytes(bytesRead)} read`;

const faults = ({ faults: count }: Counts): string => `${count} ${count === 1 ? 'fault' : 'faults'}`;

const ADVICE: Partial<Record<FindingKind, string>> = {
  lost: 'What is lost has to come back from a backup or an older version.',
  different:
    'Originals that are different have to come back so too; --drop-damaged removes renditions, which are made again.',
  damaged:
    'Records that are damaged have to come back from a backup of the table; --drop-damaged removes them, and --adopt then takes their originals up again.',
  unrecorded: '--adopt makes records of originals, --remove-orphans removes renditions and unfinished uploads.',
};

function sentences(counts: Counts): string[] {
  const { found, young } = counts;
  const kinds = Object.entries(FINDING_KINDS) as [FindingKind, { title: string }][];
  const listed = kinds.flatMap(([kind, { title }]) => (found[kind] ? `${title.toLowerCase()}: ${found[kind]}` : []));
  return [
    `Looked at ${figures(counts)}. ${listed.length > 0 ? `${faults(counts)} (${listed.join(', ')}).` : ''}`.trim(),
    ...(listed.length === 0 && young === 0 ? ['All is well.'] : []),
    ...(young > 0
      ? [
          `Without a record, and so young that they may be under way: ${young}. Look again later, or say from which age on by --age.`,
        ]
      : []),
    ...(counts.faults > 0 ? kinds.flatMap(([kind]) => (found[kind] && ADVICE[kind]) || []) : []),
  ];
}
