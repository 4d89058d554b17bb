/** Loaded into a service before its own code, with `--expose-gc`: collects garbage when its parent asks, and tells what is left. */
process.on('message', (message) => {
  if (message !== 'measure') return;
  globalThis.gc?.();
  // What streams and sockets held is let go in a later turn, and is garbage then.
  setTimeout(() => {
    globalThis.gc?.();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    process.send?.({ heapUsed, external, arrayBuffers, timers });
  }, 50);
});
