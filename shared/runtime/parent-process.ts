import { Worker } from 'node:worker_threads';

/**
 * Calls back when the parent process, which started this one with an IPC channel, is gone. This also works if the parent ended before this process could
 * listen and the event has passed. Without a channel there is no parent to watch.
 */
export function onParentExit(act: () => void): void {
  if (process.connected === false) act();
  else process.once('disconnect', act);
}

/** Milliseconds between checks of the parent's process id. */
const LOOK_MS = 500;

/**
 * Ends this process when its parent is gone, even during synchronous work, in which no event arrives: a thread checks the parent's process id. It
 * uses SIGKILL, because an exit waits for what libvips has begun. The thread takes 8 MB and a tenth of a second of a processor (measured), so
 * this is only for a process that does such work.
 */
export function exitWithParent(): void {
  onParentExit(() => process.kill(process.pid, 'SIGKILL'));
  // The program is text, because a thread that loads a file takes more memory, and one that loads TypeScript as much again.
  const look = `if (process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL');`;
  new Worker(`setInterval(() => { ${look} }, ${LOOK_MS});`, { eval: true }).unref();
}
