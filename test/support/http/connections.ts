import type { Server } from 'node:http';

/** How many connections a server holds. */
export const connectionsTo = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count))));
