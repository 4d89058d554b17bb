import { once } from 'node:events';
import { get } from 'node:http';
import { connect, type Server } from 'node:net';
import { CommandError } from '../command-line.ts';

export const HOST = '127.0.0.1';

/** Milliseconds that uploads under way have to finish when everything stops. */
export const DRAIN_MS = 30_000;

const ADVICE: Record<string, (port: number) => string> = {
  EADDRINUSE: (port) => `Port ${port} is in use. Choose another: npm start -- --port ${port + 1}`,
  EACCES: (port) => `Port ${port} needs privileges. Choose one above 1023: npm start -- --port ${port + 8000}`,
};

/** Listens on the port of the one URL for everything, by default on this machine only; a sentence says why it cannot. */
export async function listenOn(server: Server, port: number, host = HOST): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const advice = ADVICE[(error as NodeJS.ErrnoException).code ?? ''];
    throw advice ? new CommandError(advice(port)) : error;
  }
}

/** Whether anybody listens on a port of this machine. */
export async function isListeningOn(port: number): Promise<boolean> {
  const socket = connect(port, HOST);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The status with which a port of this machine answers; what fetch would load for that costs a start of everything more. */
export async function statusOf(port: number, path = '/'): Promise<number> {
  const request = get({ host: HOST, port, path, agent: false });
  const [response] = await once(request, 'response');
  response.resume();
  return response.statusCode;
}
