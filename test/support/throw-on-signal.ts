/** Imported before a program, this throws an uncaught error on a signal. */
process.on('SIGUSR2', () => {
  throw new Error('a fault of the gateway');
});
