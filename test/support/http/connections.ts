import type { Server } from 'node:http';

/** The number of connections of a server. */
export const connectionsTo = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
