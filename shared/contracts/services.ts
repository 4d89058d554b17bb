/**
 * The services, by name: the port each listens on in its container, and what it is for. Task definitions, target groups,
 * Dockerfiles and the local runner read this table.
 */
export const SERVICES = {
  'sync-upload': { port: 8081, summary: 'takes whole images in one request, and what is asked of them afterwards' },
  download: { port: 8083, summary: 'serves records, originals, renditions and the documentation of the API' },
  worker: { port: 8084, summary: 'makes renditions; its port answers health checks only' },
} as const satisfies Record<string, { port: number; summary: string }>;

export type ServiceName = keyof typeof SERVICES;

export const SERVICE_NAMES = Object.keys(SERVICES) as ServiceName[];

/** Answered by every service itself and never routed from outside: `liveness` says the process runs, `readiness` that what it depends on answers. */
export const HEALTH_PATHS = { liveness: '/health', readiness: '/ready' } as const;
