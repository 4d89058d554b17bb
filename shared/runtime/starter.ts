import { Worker } from 'node:worker_threads';

/**
 * Acts when the process that started this one, with a channel to it, is gone: also when it went before this one could listen, for which the
 * event has come and gone. Without a channel there is nobody to watch.
 */
export function whenStarterIsGone(act: () => void): void {
  if (process.connected === false) act();
  else process.once('disconnect', act);
}

/** Milliseconds between looks at who the parent is. */
const LOOK_MS = 500;

/**
 * Ends this process when the one that started it is gone, also in the middle of synchronous work, in which no event comes: a thread looks
 * whether the parent is another. By SIGKILL and not by exit, which waits for what libvips has begun. The thread takes 8 MB and a tenth of a
 * second of a processor (measured), so this is for a process that does such work.
 */
export function endWithStarter(): void {
  whenStarterIsGone(() => process.kill(process.pid, 'SIGKILL'));
  // As text, because a thread that loads a file takes more, and one of TypeScript as much again.
  const look = `if (process.ppid !== ${process.ppid}) process.kill(process.pid, 'SIGKILL');`;
  new Worker(`setInterval(() => { ${look} }, ${LOOK_MS});`, { eval: true }).unref();
}
