import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

/**
 * The floor: what Node's own HTTP server does with the same bytes and the same disk and nothing else. POST writes the body to a new
 * file in the folder given, GET streams the file named by the path. Prints its port, and ends with its parent.
 */
const [folder = '.'] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  try {
    if (request.method === 'POST') {
      await pipeline(request, createWriteStream(join(folder, randomUUID())));
      response.writeHead(201).end();
      return;
    }
    const path = join(folder, request.url ?? '');
    const { size } = await stat(path);
    response.writeHead(200, { 'content-length': size, 'content-type': 'image/jpeg' });
    await pipeline(createReadStream(path), response);
  } catch (error) {
    response.destroy(error as Error);
  }
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.on('disconnect', () => process.exit(0));
