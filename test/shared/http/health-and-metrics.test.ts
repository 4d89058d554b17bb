import type { Server } from '@hapi/hapi';
import { expect } from 'chai';
import { openMessageMetrics } from '../../../containers/worker/metrics/message-metrics.ts';
import { METRICS_PATH } from '../../../shared/contracts/services.ts';
import type { MetricsText } from '../../../shared/http/health-and-metrics.ts';
import { createServer } from '../../../shared/http/server.ts';
import { eventually } from '../../support/eventually.ts';
import { expectProblem, send } from '../../support/http/http-client.ts';
import { messageMeasurements } from '../../support/measurements.ts';
import { type LogLine, logInto } from '../../support/services/services.ts';

describe('GET /metrics', () => {
  const logs: LogLine[] = [];
  const running: Server[] = [];

  async function serve(metrics?: MetricsText): Promise<string> {
    const server = createServer({
      service: 'worker',
      config: { HOST: '127.0.0.1', PORT: 0, AUTHENTICATION: 'off', CORS_ORIGINS: '' },
      logger: logInto(logs, 'worker'),
      handlers: {},
      ready: () => Promise.resolve(),
      ...(metrics && { metrics }),
    });
    await server.start();
    running.push(server);
    return server.info.uri;
  }

  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.stop()));
    logs.splice(0);
  });

  it('answers the current metrics in the format of Prometheus', async () => {
    const metrics = openMessageMetrics({ METRICS: 'off' });
    const base = await serve(metrics);
    const done = 'image_worker_messages_total{outcome="done"}';
    for (const count of [0, 1, 2]) {
      const { status, headers, body } = await send(base, { path: METRICS_PATH });
      expect(status).to.equal(200);
      expect(headers['content-type']).to.equal('text/plain; version=0.0.4; charset=utf-8');
      expect(headers['cache-control']).to.equal('no-cache');
      expect(body.toString()).to.include(`${done} ${count}\n`);
      metrics.record(messageMeasurements());
    }
    expect((await send(base, { path: METRICS_PATH, method: 'HEAD' })).status).to.equal(200);
  });

  it('is not a path of a service without metrics', async () => {
    expectProblem(await send(await serve(), { path: METRICS_PATH }), 'route_not_found');
  });

  it('is logged only if it fails', async () => {
    let broken = false;
    const contentType = 'text/plain';
    const base = await serve({
      contentType,
      text: async () => {
        if (broken) throw new Error('no figures today');
        return 'up 1\n';
      },
    });
    await send(base, { path: METRICS_PATH });
    broken = true;
    expectProblem(await send(base, { path: METRICS_PATH }), 'internal_error');
    await eventually('the failure is logged', () => logs.length > 0);
    expect(logs.map(({ level, path }) => [level, path])).to.deep.equal([[50, METRICS_PATH]]);
  });
});
