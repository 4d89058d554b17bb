/** Imported before a program, this makes an error in it that nobody catches, at a signal. */
process.on('SIGUSR2', () => {
  throw new Error('a fault of the gateway');
});
