import getPort, { portNumbers } from 'get-port';

/**
 * Below the ports that a kernel gives to whoever names none (Linux: 32768 and up), so that no connection and no server of others has taken it
 * by the time at which a process that is to be started listens there. Each process that starts some has ports of its own.
 */
const FIRST = 11_000;
const EACH = 500;
const PROCESSES = 40;

/** A port of 127.0.0.1 for a process that is to be started. */
export function freePort(): Promise<number> {
  const from = FIRST + (process.pid % PROCESSES) * EACH;
  return getPort({ host: '127.0.0.1', port: portNumbers(from, from + EACH - 1) });
}
