import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { freePort } from '../../../scripts/local/free-port.ts';
import { HEALTH_PATHS } from '../../../shared/contracts/services.ts';

const PROGRAM = fileURLToPath(new URL('../../../shared/runtime/health-check.ts', import.meta.url));

/** The exit status of a check, and what it says. */
async function check(PORT: string | number): Promise<[status: number, said: string]> {
  const child = spawn(process.execPath, [PROGRAM], { env: { PORT: String(PORT) } });
  const [said, [status]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return [status, said];
}

describe('the health check of a container', () => {
  let server: Server | undefined;
  const listen = async (listener: RequestListener): Promise<number> => {
    server = createServer(listener).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  };
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  it('exits with 0 where the service answers 200 on its liveness path', async () => {
    const asked: unknown[] = [];
    const port = await listen(({ method, url }, response) => {
      asked.push([method, url]);
      response.end();
    });
    expect((await check(port))[0]).to.equal(0);
    expect(asked).to.deep.equal([['GET', HEALTH_PATHS.liveness]]);
  });

  it('exits with 1 and says the status of any other answer', async () => {
    const port = await listen((_request, response) => response.writeHead(503).end());
    const [status, said] = await check(port);
    expect(status).to.equal(1);
    expect(said).to.include('answers 503');
  });

  it('exits with 1 where nobody listens', async () => {
    const [status, said] = await check(await freePort());
    expect(status).to.equal(1);
    expect(said).to.include('ECONNREFUSED');
  });

  it('exits with 1 where a service that hangs does not answer', async function () {
    this.timeout(20_000);

    const [status, said] = await check(await listen(() => undefined));
    expect(status).to.equal(1);
    expect(said).to.include('has not answered for 5 s');
  });

  it('exits with 1 where the service is broken off in the middle of its answer', async () => {
    const [status] = await check(await listen((request) => request.socket.destroy()));
    expect(status).to.equal(1);
  });

  it('exits with 1 without a port', async () => {
    expect(await check('')).to.deep.equal([
      1,
      `http://127.0.0.1:${HEALTH_PATHS.liveness} cannot be asked: PORT is not set\n`,
    ]);
  });
});
