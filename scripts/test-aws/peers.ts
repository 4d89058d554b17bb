import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { type EmulatingProcess, startEmulatingProcess } from './emulating-process.ts';
import { installPeers, type PeerName, type PeerPaths } from './install-peers.ts';
import { relay, scopeOf } from './relay.ts';

const HOST = '127.0.0.1';

/** MinIO accepts only these credentials and requires their length; the other programs accept any. */
export const PEER_CREDENTIALS = {
  AWS_ACCESS_KEY_ID: randomBytes(16).toString('hex'),
  AWS_SECRET_ACCESS_KEY: randomBytes(16).toString('hex'),
};
const { AWS_ACCESS_KEY_ID: MINIO_ROOT_USER, AWS_SECRET_ACCESS_KEY: MINIO_ROOT_PASSWORD } = PEER_CREDENTIALS;

/** Milliseconds that each program has to answer. */
const START_MS = 60_000;

/** How each program is started on a port, and a path that it answers without credentials. */
const PEERS: Record<PeerName, (paths: PeerPaths, port: number) => { command: [string, ...string[]]; path: string }> = {
  dynamodb: ({ dynamodb }, port) => ({
    command: [
      'java',
      `-Djava.library.path=${dynamodb}`,
      ...['-cp', join(dynamodb, '*'), 'com.amazonaws.services.dynamodbv2.local.main.ServerRunner'],
      ...['-inMemory', '-disableTelemetry', '-port', String(port)],
    ],
    path: '/',
  }),
  sqs: ({ sqs }, port) => ({
    command: [
      'java',
      ...[`-Dnode-address.port=${port}`, `-Drest-sqs.bind-port=${port}`, '-Drest-stats.enabled=false'],
      ...[`-Drest-sqs.bind-hostname=${HOST}`, '-cp', join(sqs, '*'), 'org.elasticmq.server.Main'],
    ],
    path: '/',
  }),
  s3: ({ s3 }, port) => ({
    command: [s3, 'server', '--quiet', '--address', `${HOST}:${port}`, 'minio-data'],
    path: '/minio/health/live',
  }),
};

/**
 * Starts AWS's own DynamoDB Local, MinIO and ElasticMQ, all empty, behind one URL that routes by the service in the signature. Installs
 * them first if necessary. Rejects where Java, Maven or Go is missing.
 */
export async function startPeers(env: NodeJS.ProcessEnv): Promise<EmulatingProcess> {
  const paths = await installPeers();
  const folder = await mkdtemp(join(tmpdir(), 'image-service-peers-'));
  const started: Partial<Record<string, EmulatingProcess>> = {};
  const stop = async () => {
    await Promise.all(Object.values(started).map((peer) => peer?.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    for (const [name, describe] of Object.entries(PEERS)) {
      const port = await getPort({ host: HOST });
      const { command, path } = describe(paths, port);
      const url = `http://${HOST}:${port}`;
      started[name] = await startEmulatingProcess({
        ...{ command, path, url, cwd: folder, startMs: START_MS },
        env: { ...env, MINIO_ROOT_USER, MINIO_ROOT_PASSWORD },
      });
    }
    const router = await startRouter((service) => started[service]?.url);
    return { url: router.url, stop: () => router.stop().then(stop) };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startRouter(urlOf: (service: string) => string | undefined): Promise<EmulatingProcess> {
  const server = createServer((request, response) => {
    const url = urlOf(scopeOf(request).service ?? 's3');
    if (!url) return void response.writeHead(501).end();
    relay(url, request, response).catch(() => response.destroy());
  });
  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
