import type { ChildProcess } from 'node:child_process';
import { CommandError, STOP_SIGNALS } from '../command-line.ts';

/** A deployment was stopped before it was done. */
export class Stopped extends CommandError {
  override readonly name = 'Stopped';
}

/** The longest time that a timer knows; longer ones would fire at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** One Ctrl-C arrives twice, from the terminal and from npm, which passes it on. A second interrupt has Terraform leave its lock behind. */
const SAME_MS = 1_000;

/**
 * Stops a deployment by a signal, or when its time is over: Terraform is interrupted, finishes what it has begun, and nothing is started after it.
 * While this is in use, no signal ends the process before it has removed its files.
 */
export class Stopping implements Disposable {
  #reason: string | undefined;
  #child: ChildProcess | undefined;
  #last = Number.NEGATIVE_INFINITY;
  readonly #timer: NodeJS.Timeout | undefined;

  constructor(timeoutMinutes: number) {
    for (const signal of STOP_SIGNALS) process.on(signal, this.#stopBySignal);
    const sentence = `Stopped, because the ${timeoutMinutes} minutes of --timeout are over. What Terraform had begun, it has finished or given up: run it again to go on.`;
    this.#timer = setTimeout(() => this.#stop(sentence), Math.min(timeoutMinutes * 60_000, LONGEST_MS));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    for (const signal of STOP_SIGNALS) process.off(signal, this.#stopBySignal);
  }

  /** Waits until a child has ended, and interrupts it where it must stop. Throws then, even if the child ended well. */
  async during<Result>(child: ChildProcess, ended: Promise<Result>): Promise<Result> {
    this.#child = child;
    if (this.#reason) child.kill('SIGINT');
    try {
      const result = await ended;
      this.throwIfStopped();
      return result;
    } finally {
      this.#child = undefined;
    }
  }

  throwIfStopped(): void {
    if (this.#reason) throw new Stopped(this.#reason);
  }

  /** The error of what has failed, which is the consequence where it was stopped. */
  causeOf(error: unknown): unknown {
    if (!this.#reason) return error;
    const { message } = error as Error;
    return new Stopped(message === this.#reason ? message : `${this.#reason}\n${message}`);
  }

  #stopBySignal = (signal: NodeJS.Signals): void => {
    const isLater = performance.now() - this.#last > SAME_MS;
    this.#last = performance.now();
    if (!this.#reason) this.#stop(`Stopped by ${signal}.`);
    // Whoever ends a process by machine sends other signals after the first, and has not decided to lose what was begun.
    else if (signal === 'SIGINT' && isLater) this.#child?.kill('SIGINT');
  };

  #stop(reason: string): void {
    this.#reason ??= reason;
    this.#child?.kill('SIGINT');
  }
}
