import { SingleBar } from 'cli-progress';
import prettyBytes from 'pretty-bytes';
import { printable, printableLine } from '../terminal/printable.ts';
import { FINDING_KINDS, type Finding, type FindingKind, formatFinding, REMEDIES } from './findings.ts';
import type { Options } from './options.ts';
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

type ReportOptions = Pick<Options, 'json' | 'adopt' | 'removeOrphans' | 'dropDamaged'>;

/** Findings on standard output, how far it is on standard error: one line at a terminal, a line now and then elsewhere. */
export class Report {
  readonly #progress: Progress;
  readonly #options: ReportOptions;
  readonly #bar: SingleBar | undefined;
  #nextLine = Date.now() + LINE_MS;

  constructor(progress: Progress, options: ReportOptions) {
    this.#progress = progress;
    this.#options = options;
    this.#bar = process.stderr.isTTY ? new SingleBar(BAR) : undefined;
    this.#bar?.start(1, 0, { text: this.#text() });
  }

  found(finding: Finding): void {
    this.#bar?.stop();
    process.stdout.write(
      this.#options.json ? `${printableLine(JSON.stringify(finding))}\n` : `${printable(formatFinding(finding))}\n`,
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

  /** Removes the progress line. */
  stop(): void {
    this.#bar?.stop();
  }

  /** Prints the result of the run. */
  summary(): void {
    this.stop();
    const { counts } = this.#progress;
    const text = this.#options.json ? JSON.stringify({ summary: counts }) : sentences(counts, this.#options).join('\n');
    process.stdout.write(`${text}\n`);
  }

  #text(): string {
    const { phase, counts } = this.#progress;
    return `${WORK[phase]}: ${figures(counts)}, ${faults(counts)}`;
  }
}

const figures = ({ records, objects, bytesRead }: Counts): string =>
  `${records} records, ${objects} objects, ${prettyBytes(bytesRead)} read`;

const faults = ({ faults: count }: Counts): string => `${count} ${count === 1 ? 'fault' : 'faults'}`;

/** What can be done about what is still wrong; an option is advised where it was not given. */
const ADVICE: Partial<Record<FindingKind, (given: ReportOptions) => string[]>> = {
  lost: () => ['What is lost has to come back from a backup or an older version.'],
  different: ({ dropDamaged }) => [
    'Originals that are different have to come back so too.',
    ...(dropDamaged ? [] : ['--drop-damaged removes renditions that are different, which are made again.']),
  ],
  damaged: ({ dropDamaged }) => [
    dropDamaged
      ? 'What is damaged and could not be dropped has been written anew meanwhile: look again.'
      : 'Records that are damaged have to come back from a backup of the table; --drop-damaged drops them, and with --adopt their originals are taken up again.',
  ],
  unrecorded: ({ adopt, removeOrphans }) => [
    ...(adopt ? [] : ['--adopt makes records of originals.']),
    ...(removeOrphans ? [] : ['--remove-orphans removes renditions and unfinished uploads.']),
    ...(adopt && removeOrphans
      ? ['What is in no record and was neither adopted nor removed is for you to look at.']
      : []),
  ],
  unreadable: () => [
    'Of what could not be read nobody can tell whether it is well: look again as somebody who may read it.',
  ],
};

const listed = <Name extends string>(counts: Partial<Record<Name, number>>, titles: [Name, string][]): string =>
  titles.flatMap(([name, title]) => (counts[name] ? `${title}: ${counts[name]}` : [])).join(', ');

function sentences(counts: Counts, given: ReportOptions): string[] {
  const { found, mended } = counts;
  const kinds = Object.entries(FINDING_KINDS) as [FindingKind, { title: string; isFault: boolean }][];
  const ofKind = (isFault: boolean) =>
    listed(
      found,
      kinds.filter(([, kind]) => kind.isFault === isFault).map(([kind, { title }]) => [kind, title.toLowerCase()]),
    );
  const [left, others] = [ofKind(true), ofKind(false)];
  const done = listed(
    mended,
    REMEDIES.map((each) => [each, each]),
  );
  return [
    `Looked at ${figures(counts)}.${left && ` ${faults(counts)} (${left}).`}${others && ` No faults: ${others}.`}`,
    ...(done ? [`What was wrong and is mended: ${done}.`] : []),
    ...(left || others || counts.young > 0 ? [] : ['All is well.']),
    ...tooYoung(counts),
    ...kinds.flatMap(([kind]) => (found[kind] ? (ADVICE[kind]?.(given) ?? []) : [])),
  ];
}

const tooYoung = ({ young, youngUntil }: Counts): string[] =>
  young > 0
    ? [
        `Without a record, and so young that they may be under way: ${young}. They were left alone. Look again after ${youngUntil}, or say from which age on by --age.`,
      ]
    : [];
