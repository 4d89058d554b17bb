import { Agent, request } from 'node:http';

interface Load {
  url: string;
  method: 'GET' | 'POST';
  headers?: Record<string, string | number>;
  body?: Buffer;
  expectedStatus: number;
}

/** Sends `count` requests, `concurrency` at a time over kept connections, and answers how many seconds that took. Any other status fails. */
export async function runLoad(
  load: Load,
  { count, concurrency }: { count: number; concurrency: number },
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency });
  let left = count;
  const worker = async () => {
    while (left > 0) {
      left -= 1;
      await send(load, agent);
    }
  };
  const begun = performance.now();
  try {
    await Promise.all(Array.from({ length: concurrency }, worker));
  } finally {
    agent.destroy();
  }
  return (performance.now() - begun) / 1000;
}

function send({ url, method, headers = {}, body, expectedStatus }: Load, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': body.length } : {};
    const sent = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      response.resume();
      response.once('error', reject);
      response.once('end', () => {
        if (response.statusCode === expectedStatus) resolve();
        else reject(new Error(`${method} ${url} answered ${response.statusCode}, not ${expectedStatus}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
