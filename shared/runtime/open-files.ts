import { ConfigError } from './config.ts';
import type { Logger } from './logger.ts';

/**
 * Files and connections that an idle process has open, with room to spare: 36 at most were counted among the processes of one machine.
 */
const AT_REST = 48;

/**
 * Files and connections that one client's connection opens here: itself, and at once a file or a connection to S3, one to the table and one
 * to the queue. 40 uploads and downloads at once took 2.9 each in sync-upload and 2.5 in the gateway.
 */
const PER_CONNECTION = 4;

/** The share of the files that is kept for clients that are refused for lack of room. */
const FOR_REFUSING = 1 / 4;

/** The fewest connections with which a service starts. */
const FEWEST_CONNECTIONS = 12;

/** Fewer than this are worth a warning: each page of a browser opens six, and a load balancer dozens. */
const FEW_CONNECTIONS = 1000;

/** Files that this process may have open; Node has raised its soft limit to the hard one by then. Infinity where there is no limit. */
export function openFileLimit(): number {
  // Otherwise the report looks up the names of all peers.
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
 * The numbers of clients' connections for which there are files. Warns if they are few, and throws a ConfigError if they are too few to start.
 * `served` connections may open everything they need; `refused` ones have only themselves, for as long as the refusal takes.
 */
export function connectionLimits(logger?: Logger, limit = openFileLimit()): { served: number; refused: number } {
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

/** The files that a worker opens: for each message as many as for a connection, and for each image process the pipes to it. */
export const workerOpenFiles = ({ messages, processes }: { messages: number; processes: number }): number =>
  AT_REST + (messages + processes) * PER_CONNECTION;

const suggested = (needed: number): number =>
  Math.max(needed, 2 ** Math.ceil(Math.log2((FEW_CONNECTIONS * PER_CONNECTION) / (1 - FOR_REFUSING))));
