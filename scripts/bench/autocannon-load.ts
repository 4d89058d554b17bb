import autocannon from 'autocannon';

/** The same request over and over, on persistent connections. */
export interface Load {
  url: string;
  headers: Record<string, string>;
  connections: number;
  /** Any other status is a failure. */
  expectedStatus: number;
  /** The number of requests, for requests that take longer than `LOAD_SECONDS`. Without it, requests are sent for `LOAD_SECONDS`. */
  amount?: number | undefined;
}

export interface LoadFigures {
  requestsPerSecond: number;
  megabytesPerSecond: number;
  /** Whole milliseconds, rounded down. */
  p50: number;
  p99: number;
}

const LOAD_SECONDS = 2;

/** Seconds that one answer may take: many connections download 50 MB each at once. */
const TIMEOUT_SECONDS = 30;

/** Sends requests to a server as fast as both can, from a worker thread. */
export async function driveLoad({ url, headers, connections, expectedStatus, amount }: Load): Promise<LoadFigures> {
  const result = await autocannon({
    url,
    headers,
    connections,
    workers: 1,
    timeout: TIMEOUT_SECONDS,
    ...(amount === undefined ? { duration: LOAD_SECONDS } : { amount }),
  });
  const { errors, requests, throughput, latency, duration } = result;
  const { statusCodeStats } = result as unknown as { statusCodeStats: Record<string, { count: string }> };
  const others = Object.keys(statusCodeStats).filter((status) => status !== String(expectedStatus));
  if (errors > 0 || others.length > 0 || requests.total === 0) {
    const answers = JSON.stringify(statusCodeStats);
    throw new Error(`${url}: ${requests.total} answers (${answers}, expected ${expectedStatus}), ${errors} errors`);
  }
  return {
    requestsPerSecond: requests.total / duration,
    megabytesPerSecond: throughput.total / 1e6 / duration,
    p50: latency.p50,
    p99: latency.p99,
  };
}
