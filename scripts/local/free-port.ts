import { randomInt } from 'node:crypto';
import getPort, { portNumbers } from 'get-port';

/**
 * Below the ports that a kernel gives to whoever names none (Linux: 32768 and up), so that no connection and no server of others has taken it
 * by the time at which a process that is to be started listens there. Where many start at once, each looks from a place of its own.
 */
const PORTS = { first: 11_000, count: 20_000 };

/** The number of ports that are tried. */
const TRIED = 100;

/** Finds a free port of 127.0.0.1 for a process that is about to start. */
export function freePort(): Promise<number> {
  const from = PORTS.first + randomInt(PORTS.count);
  return getPort({ host: '127.0.0.1', port: portNumbers(from, from + TRIED - 1) });
}
