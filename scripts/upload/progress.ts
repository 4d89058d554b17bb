import { SingleBar } from 'cli-progress';
import prettyBytes from 'pretty-bytes';
import { printableLine } from '../terminal/printable.ts';

/** Milliseconds between two lines where no bar can be drawn. */
const LINE_MS = 5_000;

/** The time over which the rate is measured: short enough to follow changes, long enough to be steady. */
const RATE_MS = 10_000;

const BAR = {
  format: '{text} [{bar}] {percentage}% {figures}',
  barsize: 20,
  fps: 5,
  hideCursor: null,
  linewrap: true,
  clearOnComplete: true,
  // The program itself handles Ctrl-C.
  gracefulExit: false,
};

/** Reports the progress of a file on stderr: as a bar on a terminal, elsewhere as a line now and then. */
export class Progress {
  readonly #file: string;
  readonly #bar: SingleBar | undefined;
  #stage = '';
  #total = 0;
  #done = 0;
  #samples: { at: number; done: number }[] = [];
  #nextLine = 0;

  constructor(file: string) {
    this.#file = printableLine(file);
    this.#bar = process.stderr.isTTY ? new SingleBar(BAR) : undefined;
  }

  /** Begins to count towards a total, of which `done` bytes are there already. */
  begin(stage: string, total: number, done = 0): void {
    this.stop();
    this.#stage = stage;
    this.#total = total;
    this.#done = done;
    this.#samples = [{ at: Date.now(), done }];
    this.#nextLine = Date.now() + LINE_MS;
    this.#bar?.start(total, done, { text: this.#text(), figures: '' });
  }

  /** Counts bytes. The number is negative where bytes have to be sent again. */
  readonly add = (bytes: number): void => {
    this.#done += bytes;
    const now = Date.now();
    this.#bar?.update(this.#done, { figures: this.#figures(now) });
    if (this.#bar || now < this.#nextLine) return;
    this.#nextLine = now + LINE_MS;
    const percent = Math.floor((this.#done / this.#total) * 100);
    process.stderr.write(`${this.#text()} ${percent}% ${this.#figures(now)}\n`);
  };

  /** Prints a message on a line of its own. */
  note(text: string): void {
    this.#bar?.stop();
    process.stderr.write(`${this.#file}: ${printableLine(text)}\n`);
    if (this.#total > 0) this.#bar?.start(this.#total, this.#done, { text: this.#text(), figures: '' });
  }

  /** Removes the bar. */
  stop(): void {
    this.#total = 0;
    this.#bar?.stop();
  }

  #text(): string {
    return `${this.#file}: ${this.#stage}`;
  }

  /** `12 MB of 60 MB, 3 MB/s, 16 s left` */
  #figures(now: number): string {
    const first = this.#samples.find(({ at }) => at >= now - RATE_MS) ?? { at: now, done: this.#done };
    if (now - (this.#samples.at(-1)?.at ?? 0) >= 200) {
      this.#samples = [...this.#samples.filter(({ at }) => at >= now - RATE_MS), { at: now, done: this.#done }];
    }
    const rate = ((this.#done - first.done) / Math.max(1, now - first.at)) * 1000;
    const left = rate > 0 ? `, ${prettyBytes(rate)}/s, ${duration((this.#total - this.#done) / rate)} left` : '';
    return `${prettyBytes(this.#done)} of ${prettyBytes(this.#total)}${left}`;
  }
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
