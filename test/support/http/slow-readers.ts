import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Requests a path on a new connection, reads the first bytes of the answer, and then stops reading. */
export async function openSlowReader(base: string, path: string): Promise<Socket> {
  const { hostname, port } = new URL(base);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nhost: ${hostname}\r\n\r\n`);
  const [first] = (await once(socket, 'data')) as [Buffer];
  socket.pause();
  const status = first.toString('latin1').split('\r\n', 1)[0];
  if (!status?.includes(' 200 ')) throw new Error(`${path} was answered with ${status}`);
  return socket;
}

/** Opens many slow readers, some at a time, because the server must accept them too. */
export async function openSlowReaders(count: number, base: string, path: string): Promise<Socket[]> {
  const readers: Socket[] = [];
  while (readers.length < count) {
    const some = Math.min(50, count - readers.length);
    readers.push(...(await Promise.all(Array.from({ length: some }, () => openSlowReader(base, path)))));
  }
  return readers;
}
