import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { AUDIT_LINE_LOST } from '../../shared/contracts/audit.ts';
import type { AuditLine } from '../../shared/domain/audit-line.ts';
import { createImageId } from '../../shared/domain/image-id.ts';
import { eventually } from '../support/eventually.ts';
import { send } from '../support/http/http-client.ts';
import { type LogsEndpoint, openLogsEndpoint } from '../support/http/logs-endpoint.ts';
import { settingsBeside } from '../support/services/service-settings.ts';
import { type Services, startServices } from '../support/services/services.ts';

const MAIN = fileURLToPath(new URL('../../containers/sync-upload/main.ts', import.meta.url));

describe('audit trail of a process', () => {
  let services: Services;
  let endpoint: LogsEndpoint;
  let child: ChildProcess;
  let output: string;
  let url: string;
  before(async () => {
    services = await startServices();
  });
  after(() => services.stop());
  beforeEach(async () => {
    endpoint = await openLogsEndpoint();
  });
  afterEach(async () => {
    child.kill('SIGKILL');
    await endpoint.close();
  });

  async function start(): Promise<void> {
    const settings: Record<string, string> = { ...(await settingsBeside(services)), LOG_LEVEL: 'error' };
    const trail = { AUDIT_LOG_GROUP: 'trail', AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: endpoint.url };
    child = spawn(process.execPath, [MAIN], { env: { ...settings, ...trail }, stdio: ['ignore', 'pipe', 'inherit'] });
    output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    url = `http://127.0.0.1:${settings.PORT}`;
    await eventually('the service is ready', () =>
      fetch(`${url}/health`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
  }

  async function endBy(signal: NodeJS.Signals): Promise<number | null> {
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
    return child.exitCode;
  }

  /** Deletes an image that is not there, and resolves to its id, which the line must name. */
  async function remove(): Promise<string> {
    const imageId = createImageId();
    expect((await send(url, { method: 'DELETE', path: `/v1/images/${imageId}` })).status).to.equal(404);
    return imageId;
  }
  const taken = () => endpoint.taken.map((line) => (line as AuditLine).imageId);

  it('is delivered to its end before the process ends', async () => {
    await start();
    const imageId = await remove();
    expect(await endBy('SIGTERM')).to.equal(0);
    expect(taken()).to.deep.equal([imageId]);
  });

  it('stands in the log if CloudWatch hangs when the process ends', async () => {
    endpoint.answer('hangs');
    await start();
    const imageId = await remove();
    expect(await endBy('SIGTERM')).to.equal(0);
    const lines = output
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ msg }) => msg === AUDIT_LINE_LOST).map(({ audit }) => audit.imageId)).to.deep.equal([
      imageId,
    ]);
  });

  it('has what a process delivered that was killed, once, beside the lines of the next', async () => {
    await start();
    const first = await remove();
    await eventually('the line is taken', () => taken().length > 0);
    await endBy('SIGKILL');
    await start();
    const second = await remove();
    await endBy('SIGTERM');
    expect(taken()).to.deep.equal([first, second]);
    expect(new Set(endpoint.puts.map(({ logStreamName }) => logStreamName))).to.have.property('size', 2);
  });
});
