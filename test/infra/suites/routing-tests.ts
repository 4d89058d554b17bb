import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createGateway, type Targets } from '../../../scripts/gateway.ts';
import { DEFAULT_ANSWER } from '../../../shared/contracts/listener-rules.ts';
import { namesOf } from '../../../shared/contracts/names.ts';
import { SERVICE_NAMES } from '../../../shared/contracts/services.ts';
import { deploymentOf } from '../../../stacks/environments/deployment.ts';
import type { EnvironmentSettings } from '../../../stacks/environments/settings.ts';
import { send } from '../../support/http/http-client.ts';
import { type AppliedRules, readRules } from '../applied/applied-rules.ts';
import type { AppliedStacks } from '../applied/applied-stacks.ts';
import { METHODS, OPERATIONS, STRANGERS } from '../applied/route-samples.ts';

/** The gateway of `npm start`, in front of services that answer with their names. */
async function openGateway() {
  const targets: Targets = {};
  const servers: Server[] = [];
  const listen = async (server: Server): Promise<string> => {
    servers.push(server.listen(0, '127.0.0.1'));
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  for (const service of SERVICE_NAMES)
    targets[service] = await listen(createServer((_, response) => response.setHeader('x-service', service).end()));
  const url = await listen(createGateway(targets));
  return {
    serviceOf: async (method: string, path: string) => (await send(url, { method, path })).headers['x-service'],
    close: () => {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

const PATHS = [...new Set([...OPERATIONS.map(({ path }) => path), ...STRANGERS])];

/** Tests the applied listener rules, read from the load balancer, with every route of the table and with other paths. */
export function routingTests(applied: () => AppliedStacks, settings: EnvironmentSettings): void {
  describe('its listener rules', () => {
    let rules: AppliedRules;
    let gateway: Awaited<ReturnType<typeof openGateway>>;
    before(async () => {
      rules = await readRules(applied().aws.endpoint, namesOf(deploymentOf(settings)).cluster);
      gateway = await openGateway();
    });
    after(() => gateway?.close());

    /** Sends the CDN's secret, where there is one, which opens all routes. */
    const destinationOf = (method: string, path: string) => rules.destinationOf(method, path, rules.headers);

    it('route every operation to its own service', () => {
      const astray = OPERATIONS.filter(({ service, method, path }) => destinationOf(method, path) !== service);
      expect(astray).to.deep.equal([]);
      expect(new Set(OPERATIONS.map(({ service }) => service)).size).to.equal(3);
    });

    it('route no other path', () => {
      const sent = STRANGERS.flatMap((path) => METHODS.map((method) => [method, path, destinationOf(method, path)]));
      expect(sent.filter(([, , destination]) => destination)).to.deep.equal([]);
      const { StatusCode, ContentType, MessageBody } = rules.defaultAction.FixedResponseConfig ?? {};
      expect({ status: Number(StatusCode), contentType: ContentType, body: MessageBody }).to.deep.equal(DEFAULT_ANSWER);
    });

    it('route like the gateway of npm start', async () => {
      for (const path of PATHS)
        for (const method of METHODS)
          expect(await gateway.serviceOf(method, path), `${method} ${path}`).to.equal(destinationOf(method, path));
    });

    it('route a client with a key to every service, for bytes too', () => {
      const headers = { authorization: 'Bearer a-key' };
      const astray = OPERATIONS.filter(
        ({ service, method, path }) => rules.destinationOf(method, path, headers) !== service,
      );
      expect(astray).to.deep.equal([]);
    });

    it('redirect a client with neither a key nor the secret of the CDN to the CDN for bytes, and for nothing else', () => {
      const elsewhere = OPERATIONS.filter(({ service, method, path }) => rules.destinationOf(method, path) !== service);
      const operations = new Set(elsewhere.map(({ operationId }) => operationId));
      const bytes = ['getOriginal', 'getRendition', 'getFile'];
      expect([...operations]).to.have.members(Object.keys(rules.headers).length > 0 ? bytes : []);
      const [own] = settings.cdn.domainNames;
      const there = own
        ? new RegExp(`^redirect to ${RegExp.escape(own)}$`)
        : /^redirect to [a-z0-9]+\.cloudfront\.net$/;
      for (const { method, path } of elsewhere) expect(rules.destinationOf(method, path)).to.match(there);
    });
  });
}
