import type { ResponseObject, ResponseToolkit, Server } from '@hapi/hapi';
import type { RunningVersion } from '../contracts/running-version.ts';
import { HEALTH_PATHS, METRICS_PATH } from '../contracts/services.ts';
import { ImageServiceError } from '../domain/errors.ts';
import { bindOtherMethods } from './allowed-methods.ts';

export interface MetricsText {
  text(): Promise<string>;
  readonly contentType: string;
}

/** The routes by which load balancer and ECS see whether the service works, and operators which release runs. */
export function bindHealth(server: Server, ready: () => Promise<unknown>, running: RunningVersion): void {
  const alive = { status: 'ok', ...running };
  server.route({ method: 'GET', path: HEALTH_PATHS.liveness, handler: (_request, h) => uncached(h, alive) });
  server.route({
    method: 'GET',
    path: HEALTH_PATHS.readiness,
    handler: async (_request, h) => {
      await ready().catch((cause: unknown) => {
        throw new ImageServiceError('service_unavailable', 'Something this service depends on does not answer.', {
          cause,
        });
      });
      return uncached(h, { status: 'ready' });
    },
  });
  for (const path of Object.values(HEALTH_PATHS)) bindOtherMethods(server, { path, allow: READ });
}

/** A response that no cache may store. */
const uncached = (h: ResponseToolkit, body: object): ResponseObject =>
  h.response(body).header('cache-control', 'no-store');

/** The methods of paths that are not in the route table. */
const READ = ['GET', 'HEAD'];

/** The route by which Prometheus reads the metrics. */
export function bindMetrics(server: Server, metrics: MetricsText): void {
  server.route({
    method: 'GET',
    path: METRICS_PATH,
    handler: async (_request, h) => h.response(await metrics.text()).type(metrics.contentType),
  });
  bindOtherMethods(server, { path: METRICS_PATH, allow: READ });
}
