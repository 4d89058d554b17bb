/**
 * Loaded into a service before its own code, with `--expose-gc`. It collects garbage when its parent asks, and reports the memory that is
 * left.
 */
process.on('message', (message) => {
  if (message !== 'measure') return;
  globalThis.gc?.();
  // Streams and sockets release their memory in a later turn of the event loop.
  setTimeout(() => {
    globalThis.gc?.();
    const { heapUsed, external, arrayBuffers } = process.memoryUsage();
    const timers = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    process.send?.({ heapUsed, external, arrayBuffers, timers });
  }, 50);
});
