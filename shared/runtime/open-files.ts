import { ConfigError } from './config.ts';
import type { Logger } from './logger.ts';

/**
 * Files and connections that a process has open while nobody asks it for anything, with room to spare: 36 at most were counted of those of
 * one machine.
 */
const AT_REST = 48;

/**
 * Files and connections that one client's connection opens here: itself, and at once a file or a connection to S3, one to the table and one
 * to the queue. 40 uploads and downloads at once took 2.9 each in sync-upload and 2.5 in the gateway.
 */
const PER_CONNECTION = 4;

/** Of the files, the part that is kept for clients who are told that there is no room. */
const FOR_REFUSING = 1 / 4;

/** Connections without which a start is not worth it. */
const FEWEST_CONNECTIONS = 12;

/** Fewer than this are worth a warning: each page of a browser opens six, and a load balancer dozens. */
const FEW_CONNECTIONS = 1000;

/** Files that this process may have open; Node has raised its soft limit to the hard one by then. Infinity where there is no limit. */
export function openFileLimit(): number {
  // It would look up the names of all peers otherwise.
  const report = Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = report.getReport() as { userLimits?: { open_files?: { soft: number | 'unlimited' } } };
  return Number(userLimits?.open_files?.soft ?? Number.NaN) || Number.POSITIVE_INFINITY;
}

/** Throws a ConfigError when a process may not have as many files open as it will need. */
export function checkOpenFiles(needed: number, limit = openFileLimit()): void {
  if (limit >= needed) return;
  throw new ConfigError(
    `Only ${limit} files may be open at once, and ${needed} are needed. Raise the limit: ulimit -n ${suggested(needed)}`,
  );
}

/**
 * How many clients' connections there are files for, with a warning where these are few; throws a ConfigError where they are too few to
 * begin with. `served` have all they open, `refused` themselves only, for as long as it takes to tell them.
 */
export function connectionsWithin(logger?: Logger, limit = openFileLimit()): { served: number; refused: number } {
  checkOpenFiles(AT_REST + (FEWEST_CONNECTIONS * PER_CONNECTION) / (1 - FOR_REFUSING), limit);
  const files = limit - AT_REST;
  const served = Math.floor((files * (1 - FOR_REFUSING)) / PER_CONNECTION);
  if (served < FEW_CONNECTIONS) {
    logger?.warn(
      { openFiles: limit, connections: served },
      `only ${served} clients are served at once, for ${limit} files may be open; ulimit -n ${suggested(0)} allows more`,
    );
  }
  return { served, refused: Math.floor(files * FOR_REFUSING) };
}

/** What a worker opens: for each message what a connection would, and for each image process the pipes to it. */
export const filesOfWorker = ({ messages, processes }: { messages: number; processes: number }): number =>
  AT_REST + (messages + processes) * PER_CONNECTION;

const suggested = (needed: number): number =>
  Math.max(needed, 2 ** Math.ceil(Math.log2((FEW_CONNECTIONS * PER_CONNECTION) / (1 - FOR_REFUSING))));
