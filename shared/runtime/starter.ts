/**
 * Acts when the process that started this one, with a channel to it, is gone: also when it went before this one could listen, for which the
 * event has come and gone. Without a channel there is nobody to watch.
 */
export function whenStarterIsGone(act: () => void): void {
  if (process.connected === false) act();
  else process.once('disconnect', act);
}
