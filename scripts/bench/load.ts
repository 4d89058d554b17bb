import autocannon from 'autocannon';

/** The same request over and over, on connections that are kept. */
export interface Load {
  url: string;
  headers: Record<string, string>;
  connections: number;
  /** Any other fails. */
  expectedStatus: number;
  /** Requests in all, where seconds would be over before the first is; without it as many as come in `LOAD_SECONDS`. */
  amount?: number | undefined;
}

export interface LoadFigures {
  requestsPerSecond: number;
  megabytesPerSecond: number;
  /** Milliseconds, whole ones: 0 is less than one. */
  p50: number;
  p99: number;
}

const LOAD_SECONDS = 2;

/** Seconds that one answer may take: 50 MB to each of many at once. */
const TIMEOUT_SECONDS = 30;

/** Drives a server from a thread of its own, as fast as both can. */
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
