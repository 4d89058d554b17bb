import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * The floor: Node's own HTTP server with the same bytes, the same disk and nothing else. POST writes the body to a new file in the given
 * folder. GET streams the file that the path names, or the requested range of it, and answers `/hello` from memory. The program prints its
 * port and ends with its parent.
 */
const [folder = '.'] = process.argv.slice(2);

async function answer({ url = '', headers }: IncomingMessage, response: ServerResponse): Promise<void> {
  if (url === '/hello') {
    response.end('hello');
    return;
  }
  const path = join(folder, url);
  const { size } = await stat(path);
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
  const [start, end] = [Number(first ?? 0), Number(last ?? size - 1)];
  response.writeHead(first === undefined ? 200 : 206, {
    'content-length': end - start + 1,
    'content-type': 'image/jpeg',
    ...(first !== undefined && { 'content-range': `bytes ${start}-${end}/${size}` }),
  });
  await pipeline(createReadStream(path, { start, end }), response);
}

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'POST') {
      await pipeline(request, createWriteStream(join(folder, randomUUID())));
      response.writeHead(201).end();
      return;
    }
    await answer(request, response);
  } catch (error) {
    response.destroy(error as Error);
  }
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('disconnect', () => process.exit(0));
