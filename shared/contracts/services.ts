/**
 * A young generation of 1 MiB: bodies that stream through are garbage at once, and V8 sees only their small handles. With its default
 * of 16 MiB, 50 uploads at once held 303 MiB of memory where they hold 233 so, at the same speed.
 */
const STREAMING = ['--max-semi-space-size=1'];

/** Many small answers leave more garbage than bodies do: with 4 MiB a fifth less processor time an answer of 20 kB, for 20 MiB of memory. */
const ANSWERING = ['--max-semi-space-size=4'];

/**
 * glibc's own threshold, which it otherwise raises with every large buffer that is freed, until nothing is given back: what 500 slow
 * readers had held, 130 MiB, stayed with the process when they were gone.
 */
const GIVING_BACK = { MALLOC_TRIM_THRESHOLD_: '131072' };

/** Any process of the worker's user, of which those that decode images are some, could otherwise open its debugger by SIGUSR1. */
const UNDEBUGGED = ['--disable-sigusr1'];

interface Service {
  port: number;
  nodeOptions: readonly string[];
  processEnvironment: Readonly<Record<string, string>>;
  summary: string;
}

/**
 * The services, by name: the port each listens on in its container, the options of its Node, what its process finds in its environment
 * beside its settings, and what it is for. Task definitions, target groups, Dockerfiles and the local runner read this table.
 */
export const SERVICES = {
  'sync-upload': {
    port: 8081,
    nodeOptions: STREAMING,
    processEnvironment: {},
    summary: 'takes whole images in one request, and what is asked of them afterwards',
  },
  'async-upload': {
    port: 8082,
    nodeOptions: STREAMING,
    processEnvironment: {},
    summary: 'takes large images in parts, and makes images of them when they are complete',
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

/** Answered by every service itself and never routed from outside: `liveness` says the process runs, `readiness` that what it depends on answers. */
export const HEALTH_PATHS = { liveness: '/health', readiness: '/ready' } as const;

/** Answered by services that count something, to whoever reaches their port; like the paths of health never routed from outside. */
export const METRICS_PATH = '/metrics';

/** Seconds that services keep a connection on which nobody asks: longer than the load balancer does, or it would meet closed ones and answer 502. */
export const KEEP_ALIVE_SECONDS = 65;
