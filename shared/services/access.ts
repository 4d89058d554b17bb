import type { AccessPorts } from '../domain/principal.ts';
import type { ApiName, ServiceOptions } from './run-service.ts';

/** Opens what a service of the API asks about its callers. */
export async function openAccess(_options: Pick<ServiceOptions<ApiName>, 'config' | 'table' | 'logger'>) {
  return { verifiers: [], stop() {} } satisfies AccessPorts & { stop(): void };
}
