import { Agent, request } from 'node:http';

interface Load {
  url: string;
  method: 'GET' | 'POST' | 'PUT';
  headers?: Record<string, string | number>;
  body?: Buffer;
  expectedStatus: number;
}

/**
 * Sends `count` requests, `concurrency` at a time over persistent connections, and returns how many seconds that took. Rejects on any other
 * status than `expectedStatus`.
 */
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

/** Sends one request and returns the body. Rejects on any other status than `expectedStatus`. */
export function send({ url, method, headers = {}, body, expectedStatus }: Load, agent: Agent): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const length = body ? { 'content-length': body.length } : {};
    const sent = request(url, { method, agent, headers: { ...headers, ...length } }, (response) => {
      const chunks: Buffer[] = [];
      // Downloaded bodies are dropped, since there are hundreds of them.
      response.on('data', (chunk: Buffer) => method === 'GET' || chunks.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const answer = Buffer.concat(chunks);
        if (response.statusCode === expectedStatus) resolve(answer);
        else reject(new Error(`${method} ${url} answered ${response.statusCode}, not ${expectedStatus}: ${answer}`));
      });
    });
    sent.once('error', reject);
    sent.end(body);
  });
}
