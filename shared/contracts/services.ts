/**
 * Semi-spaces of 1 MiB for new objects: streamed bodies become garbage at once, but V8 sees only their small handles. With V8's default
 * of 16 MiB, 50 concurrent uploads held 303 MiB of memory instead of 233, at the same speed.
 */
const STREAMING = ['--max-semi-space-size=1'];

/** Many small responses leave more garbage than streamed bodies do: 4 MiB save a fifth of the processor time of a 20 kB response, for 20 MiB of memory. */
const ANSWERING = ['--max-semi-space-size=4'];

/**
 * glibc's default threshold, set explicitly so that glibc does not raise it with every large buffer that is freed, until it returns no memory: the 130 MiB that 500 slow
 * readers had held stayed with the process when they were gone.
 */
const GIVING_BACK = { MALLOC_TRIM_THRESHOLD_: '131072' };

/** Otherwise any process of the worker's user, such as those that decode images, could open the worker's debugger by SIGUSR1. */
const UNDEBUGGED = ['--disable-sigusr1'];

interface Service {
  port: number;
  nodeOptions: readonly string[];
  processEnvironment: Readonly<Record<string, string>>;
  summary: string;
}

/**
 * The services, by name: their ports inside their containers, the options of Node, environment variables of the process beside the
 * settings, and their purposes. Task definitions, target groups, Dockerfiles and the local runner read this table.
 */
export const SERVICES = {
  'sync-upload': {
    port: 8081,
    nodeOptions: STREAMING,
    processEnvironment: {},
    summary: 'takes whole images in one request, and later requests for renditions and deletions',
  },
  'async-upload': {
    port: 8082,
    nodeOptions: STREAMING,
    processEnvironment: {},
    summary: 'takes large images in parts, and joins the parts when they are complete',
  },
  download: {
    port: 8083,
    nodeOptions: ANSWERING,
    processEnvironment: GIVING_BACK,
    summary: 'serves records, originals, renditions and the documentation of the API',
  },
  worker: {
    port: 8084,
    nodeOptions: UNDEBUGGED,
    processEnvironment: {},
    summary: 'makes renditions; its port answers health checks and metrics only',
  },
} as const satisfies Record<string, Service>;

export type ServiceName = keyof typeof SERVICES;

export const SERVICE_NAMES = Object.keys(SERVICES) as ServiceName[];

/** Paths that every service answers itself and that are never routed from outside. `liveness`: the process runs. `readiness`: the services that it depends on answer. */
export const HEALTH_PATHS = { liveness: '/health', readiness: '/ready' } as const;

/** The path for metrics, of services that have any. Like the health paths it is never routed from outside. */
export const METRICS_PATH = '/metrics';

/** Seconds for which services keep an idle connection: longer than the load balancer, which would otherwise meet closed connections and answer 502. */
export const KEEP_ALIVE_SECONDS = 65;
