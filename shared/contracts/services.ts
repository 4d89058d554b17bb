/**
 * A young generation of 1 MiB: bodies that stream through are garbage at once, and V8 sees only their small handles. With its default
 * of 16 MiB, 50 uploads at once held 303 MiB of memory where they hold 233 so, at the same speed.
 */
const STREAMING = ['--max-semi-space-size=1'];

/**
 * The services, by name: the port each listens on in its container, the options of its Node, and what it is for. Task definitions,
 * target groups, Dockerfiles and the local runner read this table.
 */
export const SERVICES = {
  'sync-upload': {
    port: 8081,
    nodeOptions: STREAMING,
    summary: 'takes whole images in one request, and what is asked of them afterwards',
  },
  'async-upload': {
    port: 8082,
    nodeOptions: STREAMING,
    summary: 'takes large images in parts, and makes images of them when they are complete',
  },
  download: {
    port: 8083,
    nodeOptions: STREAMING,
    summary: 'serves records, originals, renditions and the documentation of the API',
  },
  worker: { port: 8084, nodeOptions: [], summary: 'makes renditions; its port answers health checks and metrics only' },
} as const satisfies Record<string, { port: number; nodeOptions: readonly string[]; summary: string }>;

export type ServiceName = keyof typeof SERVICES;

export const SERVICE_NAMES = Object.keys(SERVICES) as ServiceName[];

/** Answered by every service itself and never routed from outside: `liveness` says the process runs, `readiness` that what it depends on answers. */
export const HEALTH_PATHS = { liveness: '/health', readiness: '/ready' } as const;

/** Answered by services that count something, to whoever reaches their port; like the paths of health never routed from outside. */
export const METRICS_PATH = '/metrics';
