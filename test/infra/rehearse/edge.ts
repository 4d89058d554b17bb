import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGateway, type Targets } from '../../../scripts/gateway.ts';
import { HOST } from '../../../scripts/local/loopback.ts';
import { relay } from '../../../scripts/test-aws/relay.ts';
import { DEFAULT_ANSWER } from '../../../shared/contracts/listener-rules.ts';
import type { ServiceName } from '../../../shared/contracts/services.ts';
import { type AppliedRules, readRules } from '../applied/applied-rules.ts';
import { type Cdn, createCdn } from './cdn.ts';

/** The names at which an environment is reached from outside: its own, and those that AWS gives. */
const AWS_NAMES = ['*.us-east-1.elb.amazonaws.com', '*.cloudfront.net'];

export interface EdgeProps {
  endpoint: string;
  cluster: string;
  /** The domain name of the load balancer's certificate. */
  domainName: string;
  /** The URLs of the healthy tasks. */
  targets: Targets;
  /** A folder for the certificate. */
  folder: string;
}

/** The way from outside to the tasks: DNS and TLS, the CDN, the load balancer. */
export interface Edge {
  /** The variables with which any Node program reaches the environment by its real names, and nothing else. */
  variables: Record<string, string>;
  invalidate: Cdn['invalidate'];
  stop(): Promise<void>;
}

/**
 * Opens an environment to programs on this machine. A proxy takes the place of DNS: every name leads here, to a certificate that is valid for
 * the environment's own names only. Behind it are the CDN, and the load balancer with its applied rules.
 */
export async function startEdge(props: EdgeProps): Promise<Edge> {
  const gateway = await listen(createGateway(props.targets));
  const balancer = await listen(createServer(answering(createLoadBalancer(props, gateway.url))));
  const cdn = createCdn(props.endpoint, balancer.url);
  const outside = answering((request, response) =>
    request.headers.host?.endsWith('.cloudfront.net')
      ? cdn.answer(request, response)
      : relay(balancer.url, request, response),
  );
  const certificate = await makeCertificate(props.folder, [props.domainName, ...AWS_NAMES]);
  const secure = createSecureServer(certificate, outside);
  const plain = createServer(outside);
  const proxy = await listen(createServer((_, response) => response.writeHead(405).end()));
  proxy.server.on('connect', ({ url = '' }, socket, head) => {
    socket.on('error', () => undefined);
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    if (head.length > 0) socket.unshift(head);
    (url.endsWith(':443') ? secure : plain).emit('connection', socket);
  });
  return {
    variables: {
      NODE_USE_ENV_PROXY: '1',
      HTTP_PROXY: proxy.url,
      HTTPS_PROXY: proxy.url,
      NO_PROXY: HOST,
      NODE_EXTRA_CA_CERTS: certificate.path,
    },
    invalidate: cdn.invalidate,
    async stop() {
      for (const each of [secure, plain]) each.closeAllConnections();
      await Promise.all([proxy, balancer, gateway].map(({ stop }) => stop()));
    },
  };
}

const answering =
  (answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): RequestListener =>
  (request, response) => {
    // A service that breaks its answer off breaks this one off too.
    answer(request, response).catch(() => response.destroy());
  };

/** Routes by the applied rules, by which the gateway does not: they know the CDN's secret. */
function createLoadBalancer({ endpoint, cluster }: EdgeProps, gateway: string) {
  let read: Promise<AppliedRules> | undefined;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    read ??= readRules(endpoint, cluster);
    const { method = 'GET', url = '/', headers } = request;
    const path = url.split('?', 1)[0] ?? '/';
    const destination = (await read).destinationOf(method, path, headers as Record<string, string>);
    if (destination === undefined) {
      response.writeHead(DEFAULT_ANSWER.status).end(DEFAULT_ANSWER.body);
      return;
    }
    const [, host] = /^redirect to (.+)$/.exec(destination) ?? [];
    if (host) {
      response.writeHead(302, { location: `https://${host}${url}` }).end();
      return;
    }
    // The rules of the gateway and the applied ones come from one table, so that it finds the same service.
    if (!isService(destination)) throw new Error(`${method} ${path} leads to ${destination}`);
    await relay(gateway, request, response);
  };
}

const isService = (destination: string): destination is ServiceName => !destination.includes(':');

async function makeCertificate(folder: string, names: string[]) {
  const [key, path] = [join(folder, 'edge.key'), join(folder, 'edge.pem')];
  const kind = ['-x509', '-nodes', '-days', '2', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const subject = ['-subj', '/CN=edge', '-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`];
  await promisify(execFile)('openssl', ['req', ...kind, ...subject, '-keyout', key, '-out', path]);
  return { key: await readFile(key), cert: await readFile(path), path };
}

async function listen(server: Server): Promise<{ server: Server; url: string; stop(): Promise<void> }> {
  server.listen(0, HOST);
  await once(server, 'listening');
  return {
    server,
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
